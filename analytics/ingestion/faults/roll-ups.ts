import type { AnyEvent } from '../../../ingest/events/registry.ts';

/** What the roll-ups must hold, counted from the events alone and without ClickHouse. */
export interface RollUps {
  readonly visits: readonly VisitRow[];
  readonly visits_quarter_hourly: readonly QuarterHourRow[];
  readonly camera_events: readonly CameraEventRow[];
}

interface VisitRow {
  readonly visit_id: string;
  readonly startedAt: string | null;
  readonly identifiedAt: string | null;
  readonly endedAt: string | null;
  readonly inLane: boolean | null;
  readonly lastEventAt: string;
}

interface QuarterHourRow {
  readonly quarterHour: string;
  readonly isSimulated: boolean;
  readonly events: number;
  readonly started: number;
  readonly inLane: number;
  readonly identified: number;
  readonly lastSeenAt: string;
}

interface CameraEventRow {
  readonly eventId: string;
  readonly state: string;
  readonly time: string;
}

const QUARTER_HOUR_MS = 15 * 60_000;

export function expectedRollUps(events: readonly AnyEvent[]): RollUps {
  return {
    visits: visits(events),
    visits_quarter_hourly: quarterHours(events),
    camera_events: cameras(events),
  };
}

function visits(events: readonly AnyEvent[]): readonly VisitRow[] {
  const ofVisit = groupBy(events.filter(isOfVisit), (event) => event.visitid ?? '');
  return [...ofVisit]
    .map(([visit_id, said]): VisitRow => {
      const timeOf = (type: AnyEvent['type']): string | null =>
        said.find((event) => event.type === type)?.time ?? null;
      const started = said.find((event) => event.type === 'visit.started');
      return {
        visit_id,
        startedAt: timeOf('visit.started'),
        identifiedAt: timeOf('visit.identified'),
        endedAt: timeOf('visit.ended'),
        inLane: started?.type === 'visit.started' ? started.data.entrance.inLane : null,
        lastEventAt: latest(said),
      };
    })
    .sort(by(({ visit_id }) => visit_id));
}

function quarterHours(events: readonly AnyEvent[]): readonly QuarterHourRow[] {
  const seen = events.filter(({ type }) => type === 'visit.started' || type === 'visit.identified');
  const ofQuarter = groupBy(seen, ({ time }) => quarterHourOf(time));
  return [...ofQuarter]
    .map(([quarterHour, said]): QuarterHourRow => {
      const started = said.filter((event) => event.type === 'visit.started');
      return {
        quarterHour,
        isSimulated: true,
        events: said.length,
        started: distinctVisits(started),
        inLane: distinctVisits(started.filter(({ data }) => data.entrance.inLane)),
        identified: distinctVisits(said.filter(({ type }) => type === 'visit.identified')),
        lastSeenAt: latest(said),
      };
    })
    .sort(by(({ quarterHour }) => quarterHour));
}

function cameras(events: readonly AnyEvent[]): readonly CameraEventRow[] {
  return events
    .filter(({ type }) => type.startsWith('camera.'))
    .map(({ id, type, time }) => ({ eventId: id, state: type.slice('camera.'.length), time }))
    .sort(by(({ eventId }) => eventId));
}

const isOfVisit = ({ type, visitid }: AnyEvent): boolean =>
  type.startsWith('visit.') && visitid !== undefined;

/** As ClickHouse writes a DateTime: without a fraction. */
function quarterHourOf(time: string): string {
  const atMs = Math.floor(Date.parse(time) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

const latest = (events: readonly AnyEvent[]): string =>
  events.map(({ time }) => time).reduce((one, other) => (one > other ? one : other));

const distinctVisits = (events: readonly AnyEvent[]): number =>
  new Set(events.map(({ visitid }) => visitid)).size;

function groupBy(
  events: readonly AnyEvent[],
  keyOf: (event: AnyEvent) => string,
): ReadonlyMap<string, readonly AnyEvent[]> {
  const groups = new Map<string, AnyEvent[]>();
  for (const event of events) {
    const group = groups.get(keyOf(event)) ?? [];
    groups.set(keyOf(event), group);
    group.push(event);
  }
  return groups;
}

const by =
  <Item>(keyOf: (item: Item) => string) =>
  (one: Item, other: Item): number =>
    keyOf(one) < keyOf(other) ? -1 : 1;

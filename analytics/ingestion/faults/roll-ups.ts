import type { AnyEvent } from '../../../ingest/events/registry.ts';

/** What the roll-ups must hold, counted from the events alone and without ClickHouse. */
export interface RollUps {
  readonly visits: readonly VisitRow[];
  readonly visits_quarter_hourly: readonly QuarterHourRow[];
  readonly camera_events: readonly CameraEventRow[];
  readonly floor_events: readonly FloorEventRow[];
  readonly floor_heat: readonly HeatRow[];
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

interface FloorEventRow {
  readonly eventId: string;
  readonly visitId: string;
  readonly type: string;
  readonly place: string;
  readonly time: string;
  readonly seconds: number | null;
  readonly people: number | null;
  readonly served: boolean | null;
  readonly isSimulated: boolean;
}

/** How many seconds of a quarter of an hour a visit was in a cell of a quarter of a metre. */
interface HeatRow {
  readonly visitId: string;
  readonly quarterHour: string;
  readonly across: number;
  readonly down: number;
  readonly isSimulated: boolean;
  readonly seconds: number;
}

const CELLS_PER_METRE = 4;
const QUARTER_HOUR_MS = 15 * 60_000;

export function expectedRollUps(events: readonly AnyEvent[]): RollUps {
  return {
    visits: visits(events),
    visits_quarter_hourly: quarterHours(events),
    camera_events: cameras(events),
    floor_events: onTheFloor(events),
    floor_heat: heat(events),
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

function onTheFloor(events: readonly AnyEvent[]): readonly FloorEventRow[] {
  return events
    .flatMap((event): readonly FloorEventRow[] => {
      const facts = factsOf(event);
      if (facts === null) return [];
      const { place, seconds = null, people = null, served = null, isSimulated } = facts;
      const { id: eventId, visitid: visitId = '', type, time } = event;
      return [{ eventId, visitId, type, place, time, seconds, people, served, isSimulated }];
    })
    .sort(by(({ eventId }) => eventId));
}

/** What the table keeps of an event; null for what it leaves out. Of other kinds a run appends none. */
function factsOf(
  event: AnyEvent,
): (Pick<FloorEventRow, 'place' | 'isSimulated'> & Partial<FloorEventRow>) | null {
  switch (event.type) {
    case 'zone.entered':
      return { place: event.data.zone, isSimulated: event.data.simulated };
    case 'zone.left': {
      const { zone: place, dwellSeconds: seconds, simulated: isSimulated } = event.data;
      return { place, seconds, isSimulated };
    }
    case 'queue.joined': {
      const { queue: place, length: people, simulated: isSimulated } = event.data;
      return { place, people, isSimulated };
    }
    case 'queue.left': {
      const { queue: place, length: people, waitSeconds: seconds, served, simulated } = event.data;
      return { place, people, seconds, served, isSimulated: simulated };
    }
    default:
      return null;
  }
}

function heat(events: readonly AnyEvent[]): readonly HeatRow[] {
  const samples = events.flatMap((event) => (event.type === 'visit.position-sampled' ? [event] : []));
  const cellOf = ({ visitid, time, data: { place } }: (typeof samples)[number]) => ({
    visitId: visitid ?? '',
    quarterHour: quarterHourOf(time),
    across: Math.floor(CELLS_PER_METRE * place.acrossMetres),
    down: Math.floor(CELLS_PER_METRE * place.downMetres),
    isSimulated: true,
  });
  const keyOf = (sample: (typeof samples)[number]): string => JSON.stringify(cellOf(sample));
  const rows = [...groupBy(samples, keyOf).values()].map((said): HeatRow => {
    const seconds = new Set(said.map(({ time }) => Math.floor(Date.parse(time) / 1_000)));
    return { ...cellOf(said[0]!), seconds: seconds.size };
  });
  return rows.sort(
    (one, other) =>
      compare(one.visitId, other.visitId) ||
      compare(one.quarterHour, other.quarterHour) ||
      one.across - other.across ||
      one.down - other.down,
  );
}

/** What the view of visits takes; where a visit goes meanwhile is not its matter. */
const isOfVisit = ({ type, visitid }: AnyEvent): boolean =>
  ['visit.started', 'visit.identified', 'visit.ended'].includes(type) && visitid !== undefined;

/** As ClickHouse writes a DateTime: without a fraction. */
function quarterHourOf(time: string): string {
  const atMs = Math.floor(Date.parse(time) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

const latest = (events: readonly AnyEvent[]): string =>
  events.map(({ time }) => time).reduce((one, other) => (one > other ? one : other));

const distinctVisits = (events: readonly AnyEvent[]): number =>
  new Set(events.map(({ visitid }) => visitid)).size;

function groupBy<Event>(
  events: readonly Event[],
  keyOf: (event: Event) => string,
): ReadonlyMap<string, readonly Event[]> {
  const groups = new Map<string, Event[]>();
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
    compare(keyOf(one), keyOf(other));

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

import { CELL_METRES, floorHeatMap } from '../queries/floor-heat-map.ts';
import { floorWatching } from '../queries/floor-watching.ts';
import { groupShare } from '../queries/group-share.ts';
import { lineCrossings } from '../queries/line-crossings.ts';
import { queueWaits } from '../queries/queue-waits.ts';
import { runQuery } from '../queries/query.ts';
import { visitDurations } from '../queries/visit-durations.ts';
import { queueLength, zoneOccupancy } from '../queries/zone-occupancy.ts';
import { zoneStays } from '../queries/zone-stays.ts';
import { zoneTransitions } from '../queries/zone-transitions.ts';
import { askingOf } from './asking.ts';
import type { FloorPeriod } from './floor-period.ts';
import { viewsOf, watchedShare, type View, type Watch } from './floor-watch.ts';
import type { ApiDeps, FloorPort } from './ports.ts';
import type { FloorHeatMap, FloorQueues, FloorTransitions, FloorZones } from './schemas/floor.ts';

/** What the API asks ClickHouse about the floor. Every method throws ApiError `analytics.unavailable` when it does not answer. */
export interface FloorReads {
  heatMap(period: FloorPeriod, by: FloorHeatMap['by'], cells: number): Promise<FloorHeatMap>;
  zones(period: FloorPeriod): Promise<FloorZones>;
  queues(period: FloorPeriod): Promise<FloorQueues>;
  transitions(period: FloorPeriod): Promise<FloorTransitions>;
}

/** Steps of a period that a chart shows: the shortest of these that gives no more than so many. */
const STEPS_SECONDS = [60, 300, 900, 3600, 4 * 3600, 24 * 3600];
const MOST_STEPS = 48;

export function createFloorReads(
  { clickhouse, store }: Pick<ApiDeps, 'clickhouse' | 'store'>,
  floor: FloorPort,
): FloorReads {
  const ask = askingOf(clickhouse);
  const storeId = store.id;
  const span = ({ from, to }: FloorPeriod) => ({ storeId, from: from.toISOString(), to: to.toISOString() });
  const spanNow = (period: FloorPeriod) => ({ ...span(period), at: period.now.toISOString() });
  const head = (period: FloorPeriod) => ({
    asOf: period.now.toISOString(),
    from: period.from.toISOString(),
    to: period.to.toISOString(),
  });
  const seeing = () => floor.plan().cameras.filter(({ sees }) => sees !== null);
  const cameraIds = () => seeing().map(({ cameraId }) => cameraId);

  async function watchesOf(period: FloorPeriod): Promise<readonly Watch[]> {
    const asked = { ...spanNow(period), cameras: cameraIds() };
    const rows = await ask((client) => runQuery(client, floorWatching, asked));
    return rows.map(({ cameraId, since, until }) => ({
      cameraId,
      sinceMs: Date.parse(since),
      untilMs: Date.parse(until),
    }));
  }
  /** What of a zone was watched, in the period or in a part of it, as far as it has passed. */
  function watcherOf(watches: readonly Watch[], views: readonly View[], period: FloorPeriod) {
    return (fromMs = period.from.getTime(), toMs = period.to.getTime()): number =>
      watchedShare(watches, views, fromMs, Math.min(toMs, period.now.getTime()));
  }
  const anywhere = (cameras: readonly string[]): readonly View[] => [{ cameraIds: cameras, part: 1 }];

  return {
    async heatMap(period, by, cells) {
      const { positionSeconds } = floor;
      const [watches, rows] = await Promise.all([
        watchesOf(period),
        ask((client) => runQuery(client, floorHeatMap, { ...span(period), cells, positionSeconds })),
      ]);
      const cameras = cameraIds().map((cameraId) => ({
        cameraId,
        watchedShare: watcherOf(watches, anywhere([cameraId]), period)(),
      }));
      const watched = rows.length > 0 || cameras.some((camera) => camera.watchedShare > 0);
      const values = rows.map(({ across, down, dwellSeconds, visits }) => ({
        across,
        down,
        value: by === 'dwell' ? dwellSeconds : visits,
      }));
      return {
        ...head(period),
        by,
        cellMetres: cells * CELL_METRES,
        cells: watched ? values : null,
        cameras,
      };
    },

    async zones(period) {
      const stepSeconds = stepOf(period);
      const [watches, stays, steps, [groups], [durations], crossings] = await Promise.all([
        watchesOf(period),
        ask((client) => runQuery(client, zoneStays, spanNow(period))),
        ask((client) => runQuery(client, zoneOccupancy, { ...spanNow(period), stepSeconds })),
        ask((client) => runQuery(client, groupShare, span(period))),
        ask((client) => runQuery(client, visitDurations, span(period))),
        ask((client) => runQuery(client, lineCrossings, span(period))),
      ]);
      const zones = floor.plan().zones.map(({ name, kind, polygon }) => {
        const watched = watcherOf(watches, viewsOf(polygon, seeing()), period);
        const row = stays.find(({ zone }) => zone === name);
        const mine = steps.filter((step) => step.name === name);
        return {
          name,
          kind,
          watchedShare: watched(),
          visits: row?.visits ?? (watched() > 0 ? 0 : null),
          dwellMedianSeconds: row?.dwellMedianSeconds ?? null,
          dwellP90Seconds: row?.dwellP90Seconds ?? null,
          occupancy: stepsOf(period, stepSeconds, mine, watched),
        };
      });
      const unlessCrossed = watches.length > 0 ? 0 : null;
      const lines = floor.plan().lines.map(({ name }) => {
        const row = crossings.find(({ line }) => line === name);
        return {
          name,
          forwards: row?.forwards ?? unlessCrossed,
          backwards: row?.backwards ?? unlessCrossed,
        };
      });
      return {
        ...head(period),
        stepSeconds,
        zones,
        lines,
        groups: {
          visits: groups?.visits ?? 0,
          grouped: groups?.grouped ?? 0,
          share: groups?.share ?? null,
        },
        durations: {
          visits: durations?.visits ?? 0,
          seen: durations?.seen ?? 0,
          medianSeconds: durations?.medianSeconds ?? null,
          p90Seconds: durations?.p90Seconds ?? null,
        },
      };
    },

    async queues(period) {
      const stepSeconds = stepOf(period);
      const [watches, waits, steps] = await Promise.all([
        watchesOf(period),
        ask((client) => runQuery(client, queueWaits, span(period))),
        ask((client) => runQuery(client, queueLength, { ...spanNow(period), stepSeconds })),
      ]);
      const queues = floor
        .plan()
        .zones.filter(({ kind }) => kind === 'queue')
        .map(({ name, polygon }) => {
          const watched = watcherOf(watches, viewsOf(polygon, seeing()), period);
          const row = waits.find(({ queue }) => queue === name);
          const unless = watched() > 0 ? 0 : null;
          return {
            name,
            watchedShare: watched(),
            joined: row?.joined ?? unless,
            served: row?.served ?? unless,
            abandoned: row?.abandoned ?? unless,
            abandonedShare: row?.abandonedShare ?? null,
            waitMedianSeconds: row?.waitMedianSeconds ?? null,
            waitP90Seconds: row?.waitP90Seconds ?? null,
            longest: row === undefined ? unless : row.longest,
            lengths: stepsOf(
              period,
              stepSeconds,
              steps.filter((step) => step.name === name),
              watched,
            ),
          };
        });
      return { ...head(period), stepSeconds, queues };
    },

    async transitions(period) {
      const [watches, rows] = await Promise.all([
        watchesOf(period),
        ask((client) => runQuery(client, zoneTransitions, span(period))),
      ]);
      const transitions = rows.map(({ fromZone, toZone, visits, times }) => ({
        from: fromZone,
        to: toZone,
        visits,
        times,
      }));
      return {
        ...head(period),
        transitions: rows.length > 0 || watches.length > 0 ? transitions : null,
      };
    },
  };
}

function stepOf({ from, to }: FloorPeriod): number {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  return STEPS_SECONDS.find((step) => seconds / step <= MOST_STEPS) ?? STEPS_SECONDS.at(-1)!;
}

/** Every step that has begun: what was counted, zero where somebody watched, null where nobody did. */
function stepsOf(
  { from, to, now }: FloorPeriod,
  stepSeconds: number,
  counted: readonly { startsAt: string; people: number }[],
  watched: (fromMs: number, toMs: number) => number,
): FloorZones['zones'][number]['occupancy'] {
  const people = new Map(counted.map((step) => [step.startsAt, step.people]));
  const steps = [];
  for (let ms = from.getTime(); ms < Math.min(to.getTime(), now.getTime()); ms += stepSeconds * 1000) {
    const startsAt = new Date(ms).toISOString();
    const unless = watched(ms, Math.min(ms + stepSeconds * 1000, to.getTime())) > 0 ? 0 : null;
    steps.push({ startsAt, people: people.get(startsAt) ?? unless });
  }
  return steps;
}

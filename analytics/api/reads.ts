import { currentData } from '../../ingest/events/codec.ts';
import { captureLatency } from '../queries/capture-latency.ts';
import { footfallToday } from '../queries/footfall-today.ts';
import { latestMoments } from '../queries/latest-moments.ts';
import { occupancyNow } from '../queries/occupancy-now.ts';
import { runQuery } from '../queries/query.ts';
import { recognisedShare } from '../queries/recognised-share.ts';
import { visitsByHour } from '../queries/visits-by-hour.ts';
import { askingOf } from './asking.ts';
import { ApiError } from './errors.ts';
import type { ToldEvent } from './live/moment-of.ts';
import type { ApiDeps } from './ports.ts';
import type { Summary } from './schemas/summary.ts';
import type { HourOfVisits, VisitsByHour } from './schemas/visits-by-hour.ts';
import { isCalendarDay, localDay, startOfLocalDay } from './store-day.ts';

/** What the API asks ClickHouse. Every method throws ApiError `analytics.unavailable` when it does not answer. */
export interface AnalyticsReads {
  /** Now, of today in the store's time zone. */
  summary(): Promise<Summary>;
  /** @param day YYYY-MM-DD in the store's time zone; today when missing */
  visitsByHour(day?: string): Promise<VisitsByHour>;
  /** Newest first. */
  latestEvents(limit: number): Promise<readonly ToldEvent[]>;
}

/** The latency is told of what was seen in this long. */
const LATENCY_WINDOW_MS = 15 * 60_000;
const HOUR_MS = 3600_000;

export function createAnalyticsReads(
  deps: Pick<ApiDeps, 'clickhouse' | 'store' | 'cameras' | 'floor'>,
): AnalyticsReads {
  const { clickhouse, cameras, floor } = deps;
  const { id: storeId, timeZone } = deps.store;
  const doors = () => cameras.list().filter(({ purpose }) => purpose === 'door');
  const doorCameras = () => doors().map(({ id }) => id);
  const ask = askingOf(clickhouse);

  return {
    async summary() {
      const now = new Date();
      const at = now.toISOString();
      const from = startOfLocalDay(now, timeZone).toISOString();
      const latencyFrom = new Date(now.getTime() - LATENCY_WINDOW_MS).toISOString();
      const [[footfall], [occupancy], [recognised], [latency]] = await ask((client) =>
        Promise.all([
          runQuery(client, footfallToday, { storeId, timeZone, at, doorCameras: doorCameras() }),
          runQuery(client, occupancyNow, { storeId, at }),
          runQuery(client, recognisedShare, { storeId, from, to: at }),
          runQuery(client, captureLatency, { storeId, from: latencyFrom, to: at }),
        ]),
      );
      const doorWatched = doors().some(({ state }) => state === 'live');
      return {
        asOf: at,
        day: footfall?.day ?? localDay(now, timeZone),
        doorWatched,
        footfall: footfall?.visits ?? null,
        // Whom the ceiling cameras see is known. Where there are none, who came in while nobody looked at the door is
        // not known, so neither is how many are inside.
        occupancy:
          floor !== undefined
            ? floor.snapshot(now.getTime()).occupancy
            : doorWatched && occupancy !== undefined
              ? occupancy.visits
              : null,
        recognised:
          recognised === undefined || typeof footfall?.visits !== 'number'
            ? null
            : {
                ofLane: {
                  numerator: recognised.recognisedInLane,
                  denominator: recognised.inLane,
                  share: recognised.shareOfLane,
                },
                ofVisits: {
                  numerator: recognised.recognised,
                  denominator: recognised.visits,
                  share: recognised.shareOfVisits,
                },
              },
        latency: latencyOf(latency),
      };
    },

    async visitsByHour(wanted) {
      const now = new Date();
      const day = wanted ?? localDay(now, timeZone);
      if (!isCalendarDay(day)) throw new ApiError('request.invalid', `${day} is not a date of the calendar.`);
      const at = now.toISOString();
      const watching = doorCameras();
      const rows = await ask((client) =>
        runQuery(client, visitsByHour, { storeId, timeZone, day, at, doorCameras: watching }),
      );
      const hours = rows.map(({ startsAt, visits, recognised, watchedSeconds }): HourOfVisits => ({
        startsAt,
        visits,
        recognised,
        watchedShare: watchedShare(startsAt, now, watchedSeconds, watching.length),
      }));
      return { asOf: at, day, timeZone, hours };
    },

    async latestEvents(limit) {
      const rows = await ask((client) => runQuery(client, latestMoments, { storeId, limit }));
      return rows.map(({ eventId, type, version, visitId, time, recordedTime, data }) => ({
        id: eventId,
        type,
        time,
        recordedtime: recordedTime,
        ...(visitId === null ? {} : { visitid: visitId }),
        data: currentData(type, version, JSON.parse(data)),
      }));
    },
  };
}

/** How much of an hour, as far as it has passed, a door camera watched. */
function watchedShare(startsAt: string, now: Date, watchedSeconds: number, cameras: number): number | null {
  const passedMs = Math.min(HOUR_MS, now.getTime() - Date.parse(startsAt));
  if (passedMs <= 0 || cameras === 0) return null;
  return Math.min(1, (watchedSeconds * 1000) / (passedMs * cameras));
}

interface LatencyRow {
  readonly events: number;
  readonly captureToRecordedP50Ms: number | null;
  readonly captureToRecordedP95Ms: number | null;
  readonly captureToInsertedP50Ms: number | null;
  readonly captureToInsertedP95Ms: number | null;
}

function latencyOf(row: LatencyRow | undefined): Summary['latency'] {
  if (row === undefined) return null;
  const { events, captureToRecordedP50Ms, captureToRecordedP95Ms } = row;
  const { captureToInsertedP50Ms, captureToInsertedP95Ms } = row;
  if (captureToRecordedP50Ms === null || captureToRecordedP95Ms === null) return null;
  if (captureToInsertedP50Ms === null || captureToInsertedP95Ms === null) return null;
  return {
    events,
    recorded: { p50Ms: captureToRecordedP50Ms, p95Ms: captureToRecordedP95Ms },
    stored: { p50Ms: captureToInsertedP50Ms, p95Ms: captureToInsertedP95Ms },
  };
}

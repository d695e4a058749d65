import { Type } from 'typebox';
import { Count, DoorCameras, LocalDay, Nullable, StoreName, TimeZone, UtcTime } from './columns.ts';
import { notCountedSince } from './floor-visits.ts';
import { defineQuery } from './query.ts';
import { WATCHED, watchedSecondsBetween } from './watching.ts';

/** Footfall of one day of the store, hour by hour since its midnight: 23, 24 or 25 rows. */
export const visitsByHour = defineQuery({
  name: 'visits-by-hour',
  definition: `Footfall: distinct visits whose person crossed the entrance line inwards in this hour (event time). Recognised:
distinct visits in which a consenting member was recognised in this hour. Staff is left out once it is
known to be staff, and so is whoever turned out to be the same person as another visit. Null means "no data": no door camera watched for
a moment of this hour, or the hour has not begun. Zero means that a door camera watched and nobody came. watchedSeconds
says how much of the hour was watched (summed over door cameras), so a number of a half-watched hour can be marked.`,
  params: Type.Object({
    storeId: StoreName,
    timeZone: TimeZone,
    day: LocalDay,
    at: UtcTime,
    doorCameras: DoorCameras,
  }),
  row: Type.Object({
    startsAt: UtcTime,
    visits: Nullable(Count),
    recognised: Nullable(Count),
    simulated: Nullable(Count),
    watchedSeconds: Type.Number({ minimum: 0 }),
  }),
  sql: `
WITH
  toStartOfDay(toDateTime({day:String} || ' 12:00:00', {timeZone:String})) AS day_start,
  toStartOfDay(addDays(day_start, 1)) AS day_end,
  ${WATCHED},
  ${notCountedSince('day_start')},
  counted AS (
    SELECT
      hour,
      toUInt64(sum(came)) AS visits,
      toUInt64(sum(known)) AS recognised,
      toUInt64(sum(simulated_came)) AS simulated_visits
    FROM (
      SELECT
        intDiv(dateDiff('second', day_start, quarter_hour), 3600) AS hour,
        toInt64(uniqExactMerge(started)) AS came,
        toInt64(uniqExactMerge(identified)) AS known,
        toInt64(uniqExactMergeIf(started, simulated)) AS simulated_came
      FROM visits_quarter_hourly
      WHERE store_id = {storeId:String} AND quarter_hour >= day_start AND quarter_hour < day_end
      GROUP BY hour
      UNION ALL
      SELECT intDiv(dateDiff('second', day_start, began), 3600), -1, 0, -toInt64(is_simulated)
      FROM not_counted
      WHERE began >= day_start AND began < day_end
      UNION ALL
      SELECT intDiv(dateDiff('second', day_start, identified), 3600), 0, -1, 0
      FROM not_counted
      WHERE identified >= day_start AND identified < day_end
    )
    GROUP BY hour
  ),
  hours AS (
    SELECT
      toInt64(number) AS hour,
      toDateTime64(day_start + 3600 * hour, 3, 'UTC') AS starts_at,
      toDateTime64(least(day_start + 3600 * (hour + 1), day_end), 3, 'UTC') AS ends_at,
      ${watchedSecondsBetween('starts_at', 'ends_at')} AS watched_seconds
    FROM numbers(toUInt64(ceil(dateDiff('second', day_start, day_end) / 3600)))
  )
SELECT
  starts_at,
  if(watched_seconds > 0 OR counted.visits > 0, counted.visits, NULL) AS visits,
  if(watched_seconds > 0 OR counted.visits > 0, counted.recognised, NULL) AS recognised,
  if(watched_seconds > 0 OR counted.visits > 0, counted.simulated_visits, NULL) AS simulated,
  watched_seconds
FROM hours LEFT JOIN counted ON counted.hour = hours.hour
ORDER BY starts_at`,
});

import { Type } from 'typebox';
import { Count, DoorCameras, LocalDay, Nullable, StoreName, TimeZone, UtcTime } from './columns.ts';
import { notCountedSince } from './floor-visits.ts';
import { defineQuery } from './query.ts';
import { WATCHED, watchedSecondsBetween } from './watching.ts';

/** Footfall of the store's day until now: one row. */
export const footfallToday = defineQuery({
  name: 'footfall-today',
  definition: `Footfall: distinct visits whose person crossed the entrance line inwards since the store's midnight, until now
(event time). Staff is left out once it is known to be staff, and so is whoever turned out to be the same person as
another visit. Null means "no data": no door camera watched today. simulated says how many of them a simulated camera saw.
watchedSeconds is how long the door was watched today, summed over door cameras.`,
  params: Type.Object({ storeId: StoreName, timeZone: TimeZone, at: UtcTime, doorCameras: DoorCameras }),
  row: Type.Object({
    day: LocalDay,
    visits: Nullable(Count),
    inLane: Nullable(Count),
    simulated: Nullable(Count),
    watchedSeconds: Type.Number({ minimum: 0 }),
  }),
  sql: `
WITH
  toTimeZone({at:DateTime64(3, 'UTC')}, {timeZone:String}) AS local_now,
  toDateTime64(toStartOfDay(local_now), 3, 'UTC') AS day_start,
  ${WATCHED},
  ${watchedSecondsBetween('day_start', "{at:DateTime64(3, 'UTC')}")} AS watched_seconds,
  ${notCountedSince('day_start')},
  (
    SELECT (count(), countIf(lane), countIf(is_simulated))
    FROM not_counted
    WHERE began >= day_start AND began <= {at:DateTime64(3, 'UTC')}
  ) AS none,
  uniqExactMerge(started) AS counted
SELECT
  toString(toDate(local_now)) AS day,
  if(watched_seconds > 0 OR counted > 0, counted - none.1, NULL) AS visits,
  if(watched_seconds > 0 OR counted > 0, uniqExactMerge(in_lane) - none.2, NULL) AS in_lane,
  if(watched_seconds > 0 OR counted > 0, uniqExactMergeIf(started, simulated) - none.3, NULL) AS simulated,
  watched_seconds
FROM visits_quarter_hourly
WHERE store_id = {storeId:String} AND quarter_hour >= day_start AND quarter_hour <= {at:DateTime64(3, 'UTC')}`,
});

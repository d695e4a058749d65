import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { defineQuery } from './query.ts';

const Ms = Nullable(Type.Number());

/** How long it takes from the camera to the log and to ClickHouse, for events of [from, to): one row. */
export const captureLatency = defineQuery({
  name: 'capture-latency',
  definition: `Milliseconds between the camera's capture of what a visit's start or recognition was seen in, the moment the
event was written down (recorded), and the moment ClickHouse had it (inserted). Exact median and 95th percentile over the
events; null when there are none. Clocks: all three are read on the store's own machine in the default profile.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({
    events: Count,
    captureToRecordedP50Ms: Ms,
    captureToRecordedP95Ms: Ms,
    recordedToInsertedP50Ms: Ms,
    recordedToInsertedP95Ms: Ms,
    captureToInsertedP50Ms: Ms,
    captureToInsertedP95Ms: Ms,
  }),
  sql: `
WITH
  dateDiff('millisecond', time, recorded_time) AS recorded_after,
  dateDiff('millisecond', recorded_time, inserted_at) AS inserted_after,
  dateDiff('millisecond', time, inserted_at) AS visible_after
SELECT
  count() AS events,
  quantileExactOrNull(0.5)(recorded_after) AS capture_to_recorded_p50_ms,
  quantileExactOrNull(0.95)(recorded_after) AS capture_to_recorded_p95_ms,
  quantileExactOrNull(0.5)(inserted_after) AS recorded_to_inserted_p50_ms,
  quantileExactOrNull(0.95)(inserted_after) AS recorded_to_inserted_p95_ms,
  quantileExactOrNull(0.5)(visible_after) AS capture_to_inserted_p50_ms,
  quantileExactOrNull(0.95)(visible_after) AS capture_to_inserted_p95_ms
FROM events
WHERE store_id = {storeId:String}
  AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
  AND type IN ('visit.started', 'visit.identified')`,
});

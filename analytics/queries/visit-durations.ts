import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF } from './floor-visits.ts';
import { defineQuery } from './query.ts';

const Seconds = Nullable(Type.Number({ minimum: 0 }));

/** How long people stay: one row. */
export const visitDurations = defineQuery({
  name: 'visit-durations',
  definition: `Visits that ended in [from, to), staff left out. Seen: those whose end a camera saw (seen-leaving); their duration is from
coming in to the last sight, exact median and 90th percentile, null when there are none. The ends of the others are conclusions,
so they give no duration. Visits that turned out to be the same person as another are not counted.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({ visits: Count, seen: Count, medianSeconds: Seconds, p90Seconds: Seconds }),
  sql: `
SELECT
  count() AS visits,
  countIf(was_seen) AS seen,
  quantileExactOrNullIf(0.5)(seconds, was_seen) AS median_seconds,
  quantileExactOrNullIf(0.9)(seconds, was_seen) AS p90_seconds
FROM (
  SELECT
    max(ended_at) AS ended,
    ifNull(max(end_reason), '') AS reason,
    reason = 'seen-leaving' AND min(started_at) IS NOT NULL AS was_seen,
    ifNull(dateDiff('millisecond', min(started_at), ended) / 1000, 0) AS seconds
  FROM visits
  WHERE store_id = {storeId:String} AND ${NO_STAFF}
  GROUP BY visit_id
  HAVING ended >= {from:DateTime64(3, 'UTC')} AND ended < {to:DateTime64(3, 'UTC')} AND reason != 'same-person'
)`,
});

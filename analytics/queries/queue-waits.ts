import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF } from './floor-visits.ts';
import { defineQuery } from './query.ts';

const Seconds = Nullable(Type.Number({ minimum: 0 }));

/** How each queue went: a row a queue that somebody joined or left. */
export const queueWaits = defineQuery({
  name: 'queue-waits',
  definition: `Of each queue, in [from, to): joined (queue.joined), and of those who left: served (went on to the zone that the queue
leads to), abandoned (went elsewhere), and the rest of whom nobody knows. Abandoned share: abandoned by served and abandoned,
null when there are none. Wait: from joining to leaving, of everybody who left; exact median and 90th percentile. Longest: the
greatest number of people who waited when one joined. Staff is left out. A queue without a row is zero where a camera watched it
(floor-watching says so), and "no data" where none did.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({
    queue: Type.String(),
    joined: Count,
    left: Count,
    served: Count,
    abandoned: Count,
    abandonedShare: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    waitMedianSeconds: Seconds,
    waitP90Seconds: Seconds,
    longest: Nullable(Count),
    simulated: Count,
  }),
  sql: `
SELECT
  place AS queue,
  countIf(type = 'queue.joined') AS joined,
  countIf(type = 'queue.left') AS left,
  countIf(type = 'queue.left' AND ifNull(floor_events.served, false)) AS served,
  countIf(type = 'queue.left' AND NOT ifNull(floor_events.served, true)) AS abandoned,
  if(served + abandoned > 0, abandoned / (served + abandoned), NULL) AS abandoned_share,
  quantileExactOrNullIf(0.5)(assumeNotNull(seconds), type = 'queue.left' AND seconds IS NOT NULL) AS wait_median_seconds,
  quantileExactOrNullIf(0.9)(assumeNotNull(seconds), type = 'queue.left' AND seconds IS NOT NULL) AS wait_p90_seconds,
  maxIf(people, type = 'queue.joined') AS longest,
  countIf(type = 'queue.joined' AND floor_events.simulated) AS simulated
FROM floor_events FINAL
WHERE store_id = {storeId:String} AND type IN ('queue.joined', 'queue.left')
  AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
  AND ${NO_STAFF}
GROUP BY queue
ORDER BY queue`,
});

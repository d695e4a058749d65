import { Type } from 'typebox';
import { Count, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF } from './floor-visits.ts';
import { defineQuery } from './query.ts';

/** How many went across each line: a row a line that anybody crossed. */
export const lineCrossings = defineQuery({
  name: 'line-crossings',
  definition: `How often visitors walked across each line in [from, to) (event time, staff left out), forwards and backwards as the line
was drawn: forwards is from left to right, looking from its beginning to its end. Who goes there and back counts in both.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({ line: Type.String(), forwards: Count, backwards: Count }),
  sql: `
SELECT
  toString(place) AS line,
  countIf(direction = 'forwards') AS forwards,
  countIf(direction = 'backwards') AS backwards
FROM floor_events FINAL
WHERE store_id = {storeId:String} AND type = 'line.crossed'
  AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
  AND ${NO_STAFF}
GROUP BY place
ORDER BY place`,
});

import { Type } from 'typebox';
import { Count, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF, PERSON, SAME_PERSON } from './floor-visits.ts';
import { defineQuery } from './query.ts';

/** The side of the cells that the roll-up keeps, metres. */
export const CELL_METRES = 0.25;

/** Where people were: a row a cell of the floor in which somebody was. */
export const floorHeatMap = defineQuery({
  name: 'floor-heat-map',
  definition: `The floor in square cells of \`cells\` times 0.25 m; a cell is named by its place from the left and the top. Dwell: person-seconds
in the cell, counted as the seconds in which a position was told there, times \`positionSeconds\` (how far positions are apart).
Passages: distinct visits that were in the cell. Period [from, to), to the second. Staff is left out, also before it was known;
visits that turned out to be one person count once. A cell without a row is zero where a camera watched (floor-watching says so), and
"no data" where none did.`,
  params: Type.Object({
    storeId: StoreName,
    from: UtcTime,
    to: UtcTime,
    cells: Type.Integer({ minimum: 1, description: 'how many cells of the roll-up a cell is wide' }),
    positionSeconds: Type.Number({ exclusiveMinimum: 0 }),
  }),
  row: Type.Object({
    across: Type.Integer(),
    down: Type.Integer(),
    dwellSeconds: Type.Number({ minimum: 0 }),
    visits: Count,
  }),
  // FINAL merges in the order of the key, so that nothing is counted twice and little is held in memory.
  sql: `
WITH
  ${SAME_PERSON},
  bitmapCardinality(bitmapSubsetInRange(
    seconds,
    toUInt16(greatest(0, least(900, dateDiff('second', quarter_hour, {from:DateTime64(3, 'UTC')})))),
    toUInt16(greatest(0, least(900, dateDiff('second', quarter_hour, {to:DateTime64(3, 'UTC')}))))
  )) AS present
SELECT
  toInt32(floor(cell_across / {cells:UInt16})) AS across,
  toInt32(floor(cell_down / {cells:UInt16})) AS down,
  sum(present) * greatest(1, {positionSeconds:Float64}) AS dwell_seconds,
  uniqExact(${PERSON}) AS visits
FROM floor_heat FINAL
WHERE store_id = {storeId:String}
  AND quarter_hour >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
  AND quarter_hour < {to:DateTime64(3, 'UTC')}
  AND present > 0
  AND ${NO_STAFF}
GROUP BY across, down
ORDER BY down, across`,
});

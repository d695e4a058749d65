import { Type } from 'typebox';
import { StoreName, UtcTime } from './columns.ts';
import { defineQuery } from './query.ts';
import { FLOOR_WATCHED } from './watching.ts';

/** When which camera watched the floor: a row a camera and stretch that reaches into the period. */
export const floorWatching = defineQuery({
  name: 'floor-watching',
  definition: `Stretches of [from, to) in which a camera delivered frames, cut off at the period. What the store was switched off in counts
as watched up to the last position that any camera saw. No row for a camera means that it did not watch: what nobody else watched
either is "no data", not zero.`,
  params: Type.Object({
    storeId: StoreName,
    cameras: Type.Array(Type.String(), { description: 'ids of the cameras that see the floor' }),
    from: UtcTime,
    to: UtcTime,
    at: UtcTime,
  }),
  row: Type.Object({ cameraId: Type.String(), since: UtcTime, until: UtcTime }),
  sql: `
WITH ${FLOOR_WATCHED}
SELECT
  camera_id,
  greatest(watched.since, {from:DateTime64(3, 'UTC')}) AS since,
  least(watched.until, {to:DateTime64(3, 'UTC')}) AS until
FROM watched
WHERE watched.since < {to:DateTime64(3, 'UTC')} AND watched.until > {from:DateTime64(3, 'UTC')}
  AND greatest(watched.since, {from:DateTime64(3, 'UTC')}) < least(watched.until, {to:DateTime64(3, 'UTC')})
ORDER BY camera_id, since`,
});

import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF } from './floor-visits.ts';
import { defineQuery } from './query.ts';

/** How many come together: one row. */
export const groupShare = defineQuery({
  name: 'group-share',
  definition: `Visits that began in [from, to) (event time, staff left out, and visits that turned out to be the same person as another),
how many of them belong to a group (visit.grouped), and their share; null when there are none. groups counts the groups.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({
    visits: Count,
    grouped: Count,
    groups: Count,
    share: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
  }),
  sql: `
SELECT
  count() AS visits,
  countIf(group_id IS NOT NULL) AS grouped,
  uniqExact(group_id) AS groups,
  if(visits > 0, grouped / visits, NULL) AS share
FROM (
  SELECT visit_id, min(started_at) AS began
  FROM visits
  WHERE store_id = {storeId:String} AND ${NO_STAFF}
  GROUP BY visit_id
  HAVING began >= {from:DateTime64(3, 'UTC')} AND began < {to:DateTime64(3, 'UTC')}
    AND ifNull(max(end_reason), '') != 'same-person'
) AS began_here
GLOBAL LEFT JOIN (
  SELECT visit_id, argMax(other_id, time) AS group_id
  FROM floor_events
  WHERE store_id = {storeId:String} AND type = 'visit.grouped'
    AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} + INTERVAL 1 DAY
  GROUP BY visit_id
) AS groups_of ON groups_of.visit_id = began_here.visit_id`,
});

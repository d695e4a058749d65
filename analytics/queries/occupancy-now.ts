import { Type } from 'typebox';
import { Count, StoreName, UtcTime } from './columns.ts';
import { noStaffSince } from './floor-visits.ts';
import { defineQuery } from './query.ts';

/** How many people are in the shop: one row. */
export const occupancyNow = defineQuery({
  name: 'occupancy-now',
  definition: `Occupancy: visits that have started and not ended. It is an estimate: where no camera sees people leave, a visit
ends when the configured longest stay has passed, so who leaves early is counted until then. Visits that began more than
a day ago are left out: their end was lost. Staff is left out. Zero also before the first visit; whether the door is watched is told by
camera-states.`,
  params: Type.Object({ storeId: StoreName, at: UtcTime }),
  row: Type.Object({ visits: Count, simulated: Count }),
  sql: `
SELECT count() AS visits, countIf(is_simulated) AS simulated
FROM (
  SELECT min(started_at) AS began, max(ended_at) AS ended, max(simulated) AS is_simulated
  FROM visits
  WHERE store_id = {storeId:String} AND ${noStaffSince("{at:DateTime64(3, 'UTC')}")}
  GROUP BY visit_id
  HAVING began <= {at:DateTime64(3, 'UTC')}
    AND began > {at:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
    AND (ended IS NULL OR ended > {at:DateTime64(3, 'UTC')})
)`,
});

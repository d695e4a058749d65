import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF } from './floor-visits.ts';
import { defineQuery } from './query.ts';

const Fraction = Nullable(Type.Number({ minimum: 0, maximum: 1 }));

/** Which part of the visits was recognised, of visits that began in [from, to): one row. */
export const recognisedShare = defineQuery({
  name: 'recognised-share',
  definition: `Numerator: visits in which a consenting member was recognised. Two denominators, both published: visits that came
in through the opt-in lane (how well recognition works on those who asked for it and whoever else took the lane), and all
visits (how much of the footfall is known). Visits are placed in time by when they started; staff is left out,
and so is whoever turned out to be the same person as another visit. A share is null when its
denominator is zero. recognised may exceed the lane's visits only in part: recognisedInLane is counted by itself.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({
    visits: Count,
    inLane: Count,
    recognised: Count,
    recognisedInLane: Count,
    shareOfVisits: Fraction,
    shareOfLane: Fraction,
    simulated: Count,
  }),
  sql: `
SELECT
  count() AS visits,
  countIf(lane) AS in_lane,
  countIf(identified IS NOT NULL) AS recognised,
  countIf(identified IS NOT NULL AND lane) AS recognised_in_lane,
  if(visits > 0, recognised / visits, NULL) AS share_of_visits,
  if(in_lane > 0, recognised_in_lane / in_lane, NULL) AS share_of_lane,
  countIf(is_simulated) AS simulated
FROM (
  SELECT
    min(started_at) AS began,
    ifNull(max(visits.in_lane), false) AS lane,
    min(identified_at) AS identified,
    max(visits.simulated) AS is_simulated
  FROM visits
  WHERE store_id = {storeId:String} AND ${NO_STAFF}
  GROUP BY visit_id
  HAVING began >= {from:DateTime64(3, 'UTC')} AND began < {to:DateTime64(3, 'UTC')}
    AND ifNull(max(end_reason), '') != 'same-person'
)`,
});

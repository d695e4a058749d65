import { Type } from 'typebox';
import { Count, Nullable, StoreName, UtcTime } from './columns.ts';
import { SAME_PERSON, STAY_UNTIL, staysOf } from './floor-visits.ts';
import { defineQuery } from './query.ts';

const Seconds = Nullable(Type.Number({ minimum: 0 }));

/** Who was in each zone and how long: a row a zone where somebody was. */
export const zoneStays = defineQuery({
  name: 'zone-stays',
  definition: `Visits of a zone: distinct visits that were in it for a moment of [from, to). Dwell: all that one visit spent in the
zone, of visits whose last stay in it ended in [from, to); exact median and 90th percentile, null while nobody has left.
Staff is left out, also before it was known; visits that turned out to be one person count once. A zone without a row had no
visit where a camera watched it (floor-watching says so), and "no data" where none did.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime, at: UtcTime }),
  row: Type.Object({
    zone: Type.String(),
    visits: Count,
    simulated: Count,
    dwellMedianSeconds: Seconds,
    dwellP90Seconds: Seconds,
  }),
  sql: `
WITH ${SAME_PERSON},${staysOf('zone.entered', 'zone.left')}
SELECT
  place AS zone,
  count() AS visits,
  countIf(is_simulated) AS simulated,
  quantileExactOrNullIf(0.5)(dwell, has_ended) AS dwell_median_seconds,
  quantileExactOrNullIf(0.9)(dwell, has_ended) AS dwell_p90_seconds
FROM (
  SELECT
    place,
    person,
    max(simulated) AS is_simulated,
    sum(dateDiff('millisecond', since, ${STAY_UNTIL})) / 1000 AS dwell,
    countIf(until IS NULL OR until >= {to:DateTime64(3, 'UTC')}) = 0 AS has_ended
  FROM stays
  WHERE since < {to:DateTime64(3, 'UTC')} AND ${STAY_UNTIL} >= {from:DateTime64(3, 'UTC')}
  GROUP BY place, person
)
GROUP BY zone
ORDER BY zone`,
});

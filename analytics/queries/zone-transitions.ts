import { Type } from 'typebox';
import { Count, StoreName, UtcTime } from './columns.ts';
import { NO_STAFF, PERSON, SAME_PERSON } from './floor-visits.ts';
import { defineQuery } from './query.ts';

/** Which way people go: a row a pair of zones, most travelled first. */
export const zoneTransitions = defineQuery({
  name: 'zone-transitions',
  definition: `From which zone visitors went to which: a visit that entered zone B in [from, to), and whose last zone entered before it
(since a day before at most) was A. visits counts each visit once a pair, times every way. Zones that lie over each other are
entered one after the other, so they show a way where nobody walked; let zones that are compared lie side by side. Staff is
left out. No row means that nobody was seen going from one zone to another.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({ fromZone: Type.String(), toZone: Type.String(), visits: Count, times: Count }),
  sql: `
WITH ${SAME_PERSON}
SELECT from_zone, to_zone, uniqExact(person) AS visits, count() AS times
FROM (
  SELECT
    ${PERSON} AS person,
    time,
    toString(place) AS to_zone,
    lagInFrame(toString(place)) OVER (
      PARTITION BY person ORDER BY time, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS from_zone
  FROM floor_events FINAL
  WHERE store_id = {storeId:String} AND type = 'zone.entered'
    AND time >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 DAY AND time < {to:DateTime64(3, 'UTC')}
    AND ${NO_STAFF}
)
WHERE time >= {from:DateTime64(3, 'UTC')} AND from_zone != '' AND from_zone != to_zone
GROUP BY from_zone, to_zone
ORDER BY visits DESC, from_zone, to_zone`,
});

import { Type } from 'typebox';
import { Nullable, StoreName, UtcTime } from './columns.ts';
import { defineQuery } from './query.ts';

/** The newest events of presence and operations, newest first: what the page shows before the first live one. */
export const latestMoments = defineQuery({
  name: 'latest-moments',
  definition: `Beginnings and ends of visits, recognitions, who is staff, who gave up waiting, and what became of cameras (not where
visitors walk), in the order in which they happened, newest first. data is the event's own part as JSON text in the version that was written. No row means that nothing
has happened yet.`,
  params: Type.Object({
    storeId: StoreName,
    limit: Type.Integer({ minimum: 1, maximum: 1000 }),
  }),
  row: Type.Object({
    eventId: Type.String(),
    type: Type.String(),
    version: Type.Integer(),
    subject: Type.String(),
    visitId: Nullable(Type.String()),
    time: UtcTime,
    recordedTime: UtcTime,
    insertedAt: UtcTime,
    data: Type.String(),
  }),
  // Twice the limit leaves room for events that a producer sent twice; the inner order is the table's own, read backwards.
  sql: `
SELECT event_id, type, version, subject, visit_id, time, recorded_time, inserted_at, data
FROM (
  SELECT *
  FROM events
  WHERE store_id = {storeId:String}
    AND (
      type IN (
        'visit.started', 'visit.identified', 'visit.ended',
        'visit.found', 'visit.resumed', 'visit.identity-withdrawn', 'visit.excluded'
      )
      OR startsWith(type, 'camera.')
      OR (type = 'queue.left' AND JSONExtractRaw(data, 'served') = 'false')
    )
  ORDER BY time DESC, event_id DESC
  LIMIT 2 * {limit:UInt32}
)
ORDER BY time DESC, event_id DESC
LIMIT 1 BY event_id
LIMIT {limit:UInt32}`,
});

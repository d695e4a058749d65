import { Type } from 'typebox';
import { StoreName, UtcTime } from './columns.ts';
import { meanByStep, SAME_PERSON, staysOf } from './floor-visits.ts';
import { defineQuery } from './query.ts';

const params = Type.Object({
  storeId: StoreName,
  from: UtcTime,
  to: UtcTime,
  at: UtcTime,
  stepSeconds: Type.Integer({ minimum: 1 }),
});
const row = Type.Object({ name: Type.String(), startsAt: UtcTime, people: Type.Number({ minimum: 0 }) });

/** How many people each zone held, step by step: a row a zone and step in which somebody was there. */
export const zoneOccupancy = defineQuery({
  name: 'zone-occupancy',
  definition: `Occupancy of a zone: people who were in it, on average over each step of [from, to) (person-seconds by seconds; the
step that lasts is averaged until \`at\`). A stay is from zone.entered to zone.left. Staff is left out, also before it was
known; visits that turned out to be one person count once. A step without a row is zero where a camera watched the zone
(floor-watching says so), and "no data" where none did.`,
  params,
  row,
  sql: `WITH ${SAME_PERSON},${staysOf('zone.entered', 'zone.left')}${meanByStep}`,
});

/** How long each queue was, step by step: a row a queue and step in which somebody waited. */
export const queueLength = defineQuery({
  name: 'queue-length',
  definition: `Length of a queue: people who waited, on average over each step of [from, to); waiting is from queue.joined to
queue.left, so whoever only walks through does not wait. Staff is left out. A step without a row is zero where a camera
watched the queue, and "no data" where none did.`,
  params,
  row,
  sql: `WITH ${SAME_PERSON},${staysOf('queue.joined', 'queue.left')}${meanByStep}`,
});

import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog } from '../../ingest/log/kafka.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import { createLogger } from '../../runtime/logger.ts';
import { benchEvents } from './bench-tools.ts';

/** What this producer is to do, as JSON in its first argument. */
export interface OpenLoopOrders {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly eventsPerSecond: number;
  readonly seconds: number;
}

const STEP_MS = 10;

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new TypeError('open-loop.process.ts needs its orders');
const orders = JSON.parse(argument) as OpenLoopOrders;
const log = await openKafkaLog({
  connection: { brokers: [...orders.brokers], clientId: 'open-loop' },
  logger: createLogger('open-loop', 'error'),
});
const total = orders.eventsPerSecond * orders.seconds;
const events = benchEvents(total);

/** By the clock, whatever became of the events before: who waits for the system under test hides its delays. */
const beganMs = performance.now();
const appends: Promise<unknown>[] = [];
for (let sent = 0; sent < total;) {
  const due = Math.min(total, Math.floor(((performance.now() - beganMs) / 1000) * orders.eventsPerSecond));
  if (due > sent) {
    const recordedtime = new Date().toISOString();
    const records = events
      .slice(sent, due)
      .map((event) => ({ ...eventRecord({ ...event, recordedtime }), topic: orders.topic }));
    appends.push(log.append(records));
    sent = due;
  }
  await sleep(STEP_MS);
}
await Promise.all(appends);
await log.close();

import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import type { SinkStep } from '../../ingest/sinks/fault-point.ts';
import { createLogger } from '../../runtime/logger.ts';

/** What the process is to do, as JSON in its first argument. */
export interface SinkProcessOrders {
  readonly logPath: string;
  readonly url: string;
  readonly database: string;
  readonly topics: readonly string[];
  readonly maxRecords: number;
  readonly maxRows: number;
  readonly death?: Death;
}

export interface Death {
  readonly step: SinkStep;
  /** The how-manieth time that the step is reached. */
  readonly time: number;
  /** How long after the step was reached, for a step that takes time. */
  readonly delayMs: number;
  readonly of: 'sink' | 'ClickHouse' | 'both';
  readonly clickHousePid: number;
}

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new TypeError('sink.fixture.ts needs its orders');
const orders = JSON.parse(argument) as SinkProcessOrders;
const logger = createLogger('sink-process', 'silent');
const log = openEmbeddedLog({ path: orders.logPath, logger });
const client = connectClickHouse(orders);

let times = 0;
async function at(step: SinkStep): Promise<void> {
  const { death } = orders;
  if (death?.step !== step) return;
  times += 1;
  if (times !== death.time) return;
  if (death.delayMs > 0) await sleep(death.delayMs);
  if (death.of !== 'sink') process.kill(death.clickHousePid, 'SIGKILL');
  if (death.of !== 'ClickHouse') process.kill(process.pid, 'SIGKILL');
}

const sink = await startClickHouseSink({
  log,
  client,
  logger,
  topics: orders.topics,
  batch: { maxRecords: orders.maxRecords, maxRows: orders.maxRows, maxWaitMs: 10 },
  at,
});
while ((await sink.metrics()).lag > 0) await sleep(50);
await sink.close();
await client.close();
await log.close();
// Leaves a trace of a death that was ordered and did not come.
process.exit(orders.death !== undefined && times < orders.death.time ? 3 : 0);

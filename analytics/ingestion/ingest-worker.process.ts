import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { openKafkaLog } from '../../ingest/log/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import { benchTopic } from './bench-tools.ts';
import { stageRate, workerRate } from './sink-stage.ts';

/** What this worker is to do, as JSON in its first argument; it answers with a `Rate` on standard output. */
export interface IngestWorkerOrders {
  readonly work: 'worker' | 'stage';
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly url: string;
  readonly database: string;
  readonly events: number;
}

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new TypeError('ingest-worker.process.ts needs its orders');
const { work, brokers, topic, url, database, events } = JSON.parse(argument) as IngestWorkerOrders;
const log = await openKafkaLog({
  connection: { brokers: [...brokers], clientId: 'bench-worker' },
  logger: createLogger('bench-worker', 'error'),
  topics: [benchTopic(topic)],
});
const client = connectClickHouse({ url, database });
const rate = await (work === 'worker' ? workerRate : stageRate)(client, log, [topic], events);
process.stdout.write(JSON.stringify(rate));
await client.close();
await log.close();

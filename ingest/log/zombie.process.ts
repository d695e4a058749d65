import { createInterface } from 'node:readline';
import { createLogger } from '../../runtime/logger.ts';
import { PartitionLost } from './event-log.ts';
import { openKafkaLog } from './kafka.ts';

/*
 * A consumer that is put to sleep with a batch in hand; for tests. Says `in hand`, commits when it is told to by a line on
 * standard input, and says what came of it. Ends with its input.
 */
const [broker = '', group = '', topic = '', sessionTimeout = ''] = process.argv.slice(2);
const logger = createLogger('zombie', 'silent');
const connection = { brokers: [broker], clientId: 'zombie' };
const log = await openKafkaLog({ connection, logger, topics: [], sessionTimeoutMs: Number(sessionTimeout) });
const say = (words: string): void => void process.stdout.write(`${words}\n`);

const lines = createInterface({ input: process.stdin });
const told = new Promise<void>((resolve) => lines.once('line', () => resolve()));
const finished = new Promise<void>((resolve) => lines.once('close', () => resolve()));

const consumer = await log.consume({
  group,
  topics: [topic],
  async onBatch(batch) {
    say('in hand');
    await told;
    try {
      await batch.commit(batch.records.at(-1)!.offset + 1, 'of the zombie');
      say('committed');
    } catch (error) {
      say(error instanceof PartitionLost ? 'lost' : `failed: ${String(error)}`);
      throw error;
    }
  },
});
consumer.closed.catch((error: unknown) => say(`ended: ${String(error)}`));
await finished;
await log.close();
// kafkajs may still hold a timer or a connection of a group that it could not leave.
process.exit(0);

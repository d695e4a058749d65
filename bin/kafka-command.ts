import type { Command } from 'commander';
import { messageOf, UserError } from '../runtime/errors.ts';
import { createLogger } from '../runtime/logger.ts';
import { DATA_DIR } from '../runtime/paths.ts';
import { startKafka } from '../ingest/kafka/broker.ts';
import { kafkaJars } from '../ingest/kafka/jars.ts';
import { print, wholeNumber } from './options.ts';
import { untilSignalled } from './signals.ts';

const LOOK_EVERY_MS = 1_000;

interface Options {
  readonly nodes: string;
  readonly data: string;
  readonly port: string;
  readonly fetch?: true;
}

/** `smart-store kafka`: Apache Kafka on this machine, in the foreground. */
export function addKafkaCommand(program: Command): void {
  program
    .command('kafka')
    .description('run Apache Kafka on this machine until Ctrl-C, for trying the cluster profile')
    .option('--nodes <number>', '1, or 3 to see one of them die', '1')
    .option('--data <folder>', 'where topics are kept', `${DATA_DIR}/kafka`)
    .option('--port <number>', 'of the first node; further nodes take the next ones', '9092')
    .option('--fetch', "fetch Kafka's jars and stop")
    .action(async (options: Options) => {
      const progress = (message: string): void => {
        process.stderr.write(`${message}\n`);
      };
      if (options.fetch === true) {
        await kafkaJars(progress);
        return;
      }
      await run(options, progress);
    });
}

async function run(options: Options, progress: (message: string) => void): Promise<void> {
  const nodes = nodesOf(options.nodes);
  const port = wholeNumber('--port', options.port, 1, 65_535 - nodes);
  const interrupted = untilSignalled();
  const kafka = await startKafka({
    nodes,
    dataDir: options.data,
    logger: createLogger('kafka'),
    ports: Array.from({ length: nodes }, (_, index) => port + index),
    progress,
  });
  print(
    `\n  Kafka is ready: ${kafka.brokers.join(', ')}\n  Ctrl-C stops it; topics are kept in ${options.data}\n`,
  );
  const starting = new Set<number>();
  const looking = setInterval(() => {
    for (const node of kafka.nodes.filter(({ id, isRunning }) => !isRunning && !starting.has(id))) {
      progress(`node ${node.id} has ended; it is started again`);
      starting.add(node.id);
      node
        .start()
        .then(() => progress(`node ${node.id} is back`))
        .catch((thrown: unknown) => progress(`node ${node.id}: ${messageOf(thrown)}`))
        .finally(() => starting.delete(node.id));
    }
  }, LOOK_EVERY_MS);
  progress(`stopping (${await interrupted})`);
  clearInterval(looking);
  await kafka.close();
  progress('stopped');
}

function nodesOf(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new UserError(
    'option.nodes',
    `--nodes should be 1 or 3, found "${text}".`,
    'Three nodes survive the loss of one; two would stand still without either.',
  );
}

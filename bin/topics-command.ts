import type { Command } from 'commander';
import { kafkaConnection } from '../ingest/kafka/connection.ts';
import { applyTopics, planTopics, type Consent, type TopicChange } from '../ingest/kafka/topics.ts';
import { TOPICS } from '../ingest/topics.ts';
import { createLogger } from '../runtime/logger.ts';
import { configOption, deploymentOf, jsonOption, print, printJson } from './options.ts';

interface Options {
  readonly config: string;
  readonly json?: true;
}

interface ApplyOptions extends Options {
  readonly addPartitions?: true;
  readonly shortenRetention?: true;
}

/** `smart-store topics …`: Kafka's topics as ingest/topics.ts says. */
export function addTopicsCommand(program: Command, findings: () => void): void {
  const group = program
    .command('topics')
    .description("Kafka's topics: compare them with ours, make and correct them");

  group
    .command('plan')
    .description('what differs; changes nothing, and ends with 1 when something does')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { connection, settings } = brokersOf(options);
      const plan = await planTopics(connection, TOPICS, settings);
      if (plan.changes.length > 0) findings();
      if (options.json) printJson(plan);
      else if (plan.changes.length === 0) print(`All ${TOPICS.length} topics are as they should be.`);
      else print(`${listed(plan.changes)}\n\n"smart-store topics apply" does what needs nobody's consent.`);
    });

  group
    .command('apply')
    .description('make missing topics and correct settings; deletes nothing')
    .addOption(configOption())
    .option('--add-partitions', 'also add partitions: keys move, so let consumers come to their end first')
    .option('--shorten-retention', 'also keep records for a shorter time: Kafka then removes the older ones')
    .addOption(jsonOption())
    .action(async (options: ApplyOptions) => {
      const { connection, settings } = brokersOf(options);
      const consents: Consent[] = [];
      if (options.addPartitions) consents.push('add-partitions');
      if (options.shortenRetention) consents.push('shorten-retention');
      const result = await applyTopics(connection, TOPICS, { ...settings, consents });
      if (result.left.length > 0) findings();
      if (options.json) {
        printJson(result);
        return;
      }
      if (result.applied.length > 0) print(`Done:\n${listed(result.applied)}`);
      if (result.left.length > 0) print(`Left as they are:\n${listed(result.left)}`);
      if (result.applied.length + result.left.length === 0) {
        print(`All ${TOPICS.length} topics are as they should be.`);
      }
    });
}

function brokersOf(options: Options) {
  const { kafka } = deploymentOf(options);
  return {
    connection: kafkaConnection(kafka, process.env),
    settings: { replicationFactor: kafka.replicationFactor, logger: createLogger('topics') },
  };
}

function listed(changes: readonly TopicChange[]): string {
  return changes
    .map(({ topic, words, needs }) => {
      const asked = needs === 'nothing' ? '' : needs === 'a person' ? ' (for a person)' : ` (--${needs})`;
      return `  ${topic}: ${words}${asked}`;
    })
    .join('\n');
}

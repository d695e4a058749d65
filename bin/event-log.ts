import type { Deployment } from '../config/schema.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import type { EventLog } from '../ingest/log/event-log.ts';
import { SINK_GROUP } from '../ingest/sinks/clickhouse-sink.ts';
import { TOPICS } from '../ingest/topics.ts';
import type { Logger } from '../runtime/logger.ts';
import { requireData } from './options.ts';

/** Topics whose records are events; dead letters are not. */
export const EVENT_TOPICS: readonly string[] = TOPICS.map(({ name }) => name).filter(
  (name) => name !== 'store.dead-letters.v1',
);

/**
 * The event log of the deployment's profile: the file in the data folder, or the brokers of `kafka`. Missing topics are
 * made, as a file would be; anything else that differs waits for a person.
 * @throws UserError when the brokers can't be reached or give no right to make topics, or the file can't be opened
 */
export async function openEventLog(
  deployment: Deployment,
  dataDir: string,
  logger: Logger,
): Promise<EventLog> {
  if (deployment.profile === 'embedded') return openEmbeddedLog({ path: `${dataDir}/events.db`, logger });
  await makeMissingTopics(deployment, logger);
  return openKafka(deployment, logger);
}

/** The same log for a tool that is typed beside a running store: it reads and appends, and commits nothing. */
export async function openEventLogAsGuest(
  deployment: Deployment,
  dataDir: string,
  logger: Logger,
): Promise<EventLog> {
  if (deployment.profile === 'cluster') return openKafka(deployment, logger);
  return openEmbeddedLog({ path: requireData(dataDir, 'events.db'), access: 'guest', logger });
}

/** How many events the sinks of all processes together have not stored yet. */
export async function lagOfSink(log: EventLog): Promise<number> {
  const lines = await log.lag(SINK_GROUP);
  return lines.reduce((sum, { topic, lag }) => (EVENT_TOPICS.includes(topic) ? sum + lag : sum), 0);
}

async function makeMissingTopics({ kafka }: Deployment, logger: Logger): Promise<void> {
  const { kafkaConnection } = await import('../ingest/kafka/connection.ts');
  const { applyTopics, planTopics } = await import('../ingest/kafka/topics.ts');
  const connection = kafkaConnection(kafka, process.env);
  const options = { replicationFactor: kafka.replicationFactor, logger };
  const { changes } = await planTopics(connection, TOPICS, options);
  const missing = new Set(changes.filter(({ kind }) => kind === 'create').map(({ topic }) => topic));
  const wanted = TOPICS.filter(({ name }) => missing.has(name));
  if (wanted.length > 0) await applyTopics(connection, wanted, options);
  for (const { topic, words } of changes.filter((change) => !missing.has(change.topic))) {
    logger.warn(
      { topic, differs: words },
      'a topic is not as ingest/topics.ts says: smart-store topics plan',
    );
  }
}

/** Kafka's client is loaded only where it is used. */
async function openKafka({ kafka }: Deployment, logger: Logger): Promise<EventLog> {
  const { kafkaConnection } = await import('../ingest/kafka/connection.ts');
  const { openKafkaLog } = await import('../ingest/log/kafka.ts');
  return openKafkaLog({ connection: kafkaConnection(kafka, process.env), logger });
}

import type { Deployment } from '../config/schema.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import type { EventLog } from '../ingest/log/event-log.ts';
import { TOPICS } from '../ingest/topics.ts';
import type { Logger } from '../runtime/logger.ts';
import { requireData } from './options.ts';

/** Topics whose records are events; dead letters are not. */
export const EVENT_TOPICS: readonly string[] = TOPICS.map(({ name }) => name).filter(
  (name) => name !== 'store.dead-letters.v1',
);

/**
 * The event log of the deployment's profile: the file in the data folder, or the brokers of `kafka`.
 * @throws UserError when the brokers can't be reached, or the file can't be opened
 */
export async function openEventLog(
  deployment: Deployment,
  dataDir: string,
  logger: Logger,
): Promise<EventLog> {
  if (deployment.profile === 'embedded') return openEmbeddedLog({ path: `${dataDir}/events.db`, logger });
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

/** Kafka's client is loaded only where it is used. */
async function openKafka({ kafka }: Deployment, logger: Logger): Promise<EventLog> {
  const { kafkaConnection } = await import('../ingest/kafka/connection.ts');
  const { openKafkaLog } = await import('../ingest/log/kafka.ts');
  return openKafkaLog({ connection: kafkaConnection(kafka, process.env), logger });
}

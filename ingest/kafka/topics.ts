import type { Admin, ITopicConfig } from 'kafkajs';
import { createLogger, type Logger } from '../../runtime/logger.ts';
import type { Topic } from '../topics.ts';
import { createKafkaClient, type KafkaConnection } from './connection.ts';
import { explained } from './errors.ts';
import { patiently } from './patience.ts';

export interface TopicOptions {
  readonly replicationFactor: number;
  readonly logger?: Logger;
}

const MS_PER_DAY = 86_400_000;
const PATIENCE_MS = 15_000;
/** A record of 1 MiB with key and headers. */
const BATCH_BYTES = 2 * 1024 * 1024;

export async function applyTopics(
  connection: KafkaConnection,
  topics: readonly Topic[],
  { replicationFactor, logger = createLogger('topics') }: TopicOptions,
): Promise<void> {
  const admin: Admin = createKafkaClient(connection, logger).admin();
  try {
    await admin.connect();
    await patiently(PATIENCE_MS, () =>
      admin.createTopics({
        topics: topics.map((topic) => configOf(topic, replicationFactor)),
        waitForLeaders: true,
      }),
    );
  } catch (error) {
    throw explained(error, connection);
  } finally {
    await admin.disconnect();
  }
}

function configOf(topic: Topic, replicationFactor: number): ITopicConfig {
  return {
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor,
    configEntries: Object.entries(settingsOf(topic, replicationFactor)).map(([name, value]) => ({
      name,
      value,
    })),
  };
}

function settingsOf({ retentionDays }: Topic, replicationFactor: number): Readonly<Record<string, string>> {
  return {
    'retention.ms': String(retentionDays * MS_PER_DAY),
    'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(BATCH_BYTES),
  };
}

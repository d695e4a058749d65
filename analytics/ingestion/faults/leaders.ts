import { pino } from 'pino';
import { createKafkaClient } from '../../../ingest/kafka/connection.ts';

const SILENT = pino({ level: 'silent' });

/** The node that leads the first partition of a topic. */
export async function leaderOf(brokers: readonly string[], topic: string): Promise<number> {
  return asked(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions[0]!.leader;
  });
}

/** The node that keeps a group's offsets. */
export async function groupCoordinator(brokers: readonly string[], group: string): Promise<number> {
  return asked(brokers, async (admin) => {
    // Group and coordinator are tied by the partition of Kafka's own topic that the group falls into.
    const { topics } = await admin.fetchTopicMetadata({ topics: [OFFSETS_TOPIC] });
    const partitions = topics[0]!.partitions;
    const own = Math.abs(javaHash(group)) % partitions.length;
    return partitions.find(({ partitionId }) => partitionId === own)!.leader;
  });
}

const OFFSETS_TOPIC = '__consumer_offsets';

type Admin = ReturnType<ReturnType<typeof createKafkaClient>['admin']>;

async function asked<Answer>(
  brokers: readonly string[],
  question: (admin: Admin) => Promise<Answer>,
): Promise<Answer> {
  const admin = createKafkaClient({ brokers, clientId: 'smart-store-faults' }, SILENT).admin();
  await admin.connect();
  try {
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}

/** String.hashCode() of Java. */
function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaClient, type KafkaConnection } from '../kafka/connection.ts';
import { brokerErrorOf, explained, mayPass, unknownTopic } from '../kafka/errors.ts';
import { patiently } from '../kafka/patience.ts';
import { createLogger, type Logger } from '../../runtime/logger.ts';
import { TOPICS, type Topic } from '../topics.ts';
import type { Consumer, EventLog, NewRecord, Position } from './event-log.ts';
import { startKafkaConsumer } from './kafka-consumer.ts';
import { lagOf } from './kafka-places.ts';
import { createKafkaProducer } from './kafka-producer.ts';
import { partitionOf } from './partitioner.ts';
import { checkConsumeOptions, checkRecord } from './request-checks.ts';

export interface KafkaLogOptions {
  readonly connection: KafkaConnection;
  readonly logger?: Logger;
  /** The topics that `lag` speaks of. */
  readonly topics?: readonly Topic[];
  readonly compression?: 'none' | 'gzip';
  /** How long an append is tried before it rejects; a broker that restarts takes some seconds. */
  readonly appendLimitMs?: number;
  /** A consumer that says nothing for so long loses its partitions. */
  readonly sessionTimeoutMs?: number;
}

const APPEND_LIMIT_MS = 30_000;
const SESSION_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 10_000;
/** A topic that was just made may not be known to every broker yet. */
const NEW_TOPIC_MS = 300;
const CLOSED = 'The event log is closed.';

/**
 * The event log on Apache Kafka. What `append` acknowledged is on every in-sync replica.
 * @throws UserError `kafka.unreachable`, `kafka.login-refused`, `kafka.tls`, `kafka.tls-file`
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { connection, topics = TOPICS } = options;
  const logger = options.logger ?? createLogger('event-log');
  const admin = createKafkaClient(connection, logger).admin();
  try {
    await admin.connect();
    await patiently(PATIENCE_MS, () => admin.describeCluster());
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw explained(error, connection);
  }

  const producer = createKafkaProducer({
    connection,
    logger,
    compression: options.compression ?? 'none',
    appendLimitMs: options.appendLimitMs ?? APPEND_LIMIT_MS,
  });
  /** Fixed while the log is open: who adds partitions starts the stores again, for keys move. */
  const partitionCounts = new Map<string, number>();
  const asking = new Map<string, Promise<number>>();
  const consumers = new Set<Consumer>();
  let state: 'open' | 'closing' | 'closed' = 'open';
  let closed: Promise<void> | undefined;

  function partitionsOf(topic: string): Promise<number> {
    const asked = asking.get(topic) ?? countPartitions(topic).finally(() => asking.delete(topic));
    asking.set(topic, asked);
    return asked;
  }

  async function countPartitions(topic: string): Promise<number> {
    for (let again = true; ; again = false) {
      try {
        const found = await patiently(
          PATIENCE_MS,
          () => admin.fetchTopicMetadata({ topics: [topic] }),
          (error) => mayPass(error) && !isUnknownTopic(error),
        );
        const count = found.topics[0]!.partitions.length;
        partitionCounts.set(topic, count);
        return count;
      } catch (error) {
        if (!isUnknownTopic(error)) throw explained(error, connection);
        if (!again) throw unknownTopic(topic);
        await sleep(NEW_TOPIC_MS);
      }
    }
  }

  /** All parts are settled when it ends, so that a batch that failed has nothing on its way any more. */
  async function appendAll(records: readonly NewRecord[]): Promise<readonly Position[]> {
    const positions = new Array<Position>(records.length);
    const parts = [...byPartition(records, (topic) => partitionCounts.get(topic)!)].map(
      async ([, { topic, partition, indexes }]) => {
        const ofPartition = indexes.map((index) => records[index]!);
        const offsets = await producer.append(topic, partition, ofPartition);
        indexes.forEach((index, i) => {
          positions[index] = { topic, partition, offset: offsets[i]! };
        });
      },
    );
    for (const part of await Promise.allSettled(parts)) {
      if (part.status === 'rejected') throw explained(part.reason, connection);
    }
    return positions;
  }

  async function closeAll(): Promise<void> {
    state = 'closing';
    // Batches in hand may still append and commit, so the writes end after them.
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    state = 'closed';
    await producer.close();
    await admin.disconnect();
  }

  return {
    async append(records) {
      if (state === 'closed') throw new Error(CLOSED);
      records.forEach(checkRecord);
      const unknown = new Set(
        records.map(({ topic }) => topic).filter((topic) => !partitionCounts.has(topic)),
      );
      if (unknown.size > 0) await Promise.all([...unknown].map(partitionsOf));
      return appendAll(records);
    },
    async consume(consumeOptions) {
      if (state !== 'open') throw new Error(CLOSED);
      checkConsumeOptions(consumeOptions);
      await Promise.all(consumeOptions.topics.map(partitionsOf));
      const consumer = startKafkaConsumer({
        connection,
        admin,
        logger,
        consume: consumeOptions,
        sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      });
      consumers.add(consumer);
      const forget = (): void => void consumers.delete(consumer);
      consumer.closed.then(forget, forget);
      return consumer;
    },
    async lag(group, beginAtMs) {
      if (state === 'closed') throw new Error(CLOSED);
      try {
        return await lagOf(
          admin,
          group,
          topics.map(({ name }) => name),
          beginAtMs,
        );
      } catch (error) {
        throw explained(error, connection);
      }
    },
    close: () => (closed ??= closeAll()),
  };
}

const isUnknownTopic = (error: unknown): boolean => brokerErrorOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION';

interface PartitionPart {
  readonly topic: string;
  readonly partition: number;
  readonly indexes: number[];
}

function byPartition(
  records: readonly NewRecord[],
  partitionsOf: (topic: string) => number,
): ReadonlyMap<string, PartitionPart> {
  const parts = new Map<string, PartitionPart>();
  records.forEach(({ topic, key }, index) => {
    const partition = partitionOf(key, partitionsOf(topic));
    const name = `${topic}/${partition}`;
    const part = parts.get(name) ?? { topic, partition, indexes: [] };
    parts.set(name, part);
    part.indexes.push(index);
  });
  return parts;
}

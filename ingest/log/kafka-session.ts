import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { createKafkaClient, type KafkaConnection } from '../kafka/connection.ts';
import { brokerErrorOf, mayPass, reasonOf } from '../kafka/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import {
  PartitionLost,
  type Batch,
  type CommittedOffset,
  type ConsumeOptions,
  type LogRecord,
} from './event-log.ts';
import { assignByTopic } from './kafka-assigner.ts';
import { beginnings } from './kafka-places.ts';

export interface SessionOptions {
  readonly connection: KafkaConnection;
  readonly admin: Admin;
  readonly logger: Logger;
  readonly consume: ConsumeOptions;
  /** A member that says nothing for so long is taken for dead and its partitions move. */
  readonly sessionTimeoutMs: number;
}

/** One membership in a group, from joining to leaving or losing the brokers. */
export interface Session {
  readonly ended: Promise<SessionEnd>;
  /** Whether it ever had partitions; then the brokers are well and the next session need not wait long. */
  readonly hasJoined: boolean;
  /** Waits for the batch in hand, then leaves the group. */
  close(): Promise<void>;
}

export type SessionEnd =
  | { readonly how: 'closed' }
  /** The brokers went away, or something that another session can get over. */
  | { readonly how: 'interrupted'; readonly error: unknown }
  /** `onBatch` rejected, or the log can't be read on. */
  | { readonly how: 'failed'; readonly error: unknown };

/** A partition of ours, since the last time that partitions were given out. */
interface Held {
  readonly topic: string;
  readonly partition: number;
  readonly generation: number;
  /** The next offset to deliver. */
  position: number;
  committed: CommittedOffset;
  /** One past the last record that the broker told of. */
  endOffset: number;
}

const DEFAULT_MAX_RECORDS = 500;
/** At most; a member with less time says so more often. */
const HEARTBEAT_MS = 1_000;
/** After so long in one batch no more heartbeats are sent: who hangs must not keep a partition for ever. */
const BATCH_LIMIT_MS = 300_000;
/** A fetch answers as soon as there is anything, or after so long. Closing waits for it. */
const IDLE_FETCH_MS = 100;
/** A batch as large as this is not worth a wait for more. */
const FULL_BATCH_BYTES = 1024 * 1024;
const PARTITION_FETCH_BYTES = 8 * 1024 * 1024;
const FETCH_BYTES = 16 * 1024 * 1024;
const LEAVE_LIMIT_MS = 10_000;
const NO_HEADERS: LogRecord['headers'] = Object.freeze({});

/** The group has given this generation's partitions to others, or is about to. */
const GENERATION_OVER: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'FENCED_INSTANCE_ID',
]);

/**
 * Joins the group. Batches are handed over inside kafkajs's own loop, one at a time: it can't join again while a batch
 * is in hand, so partitions change hands between batches as long as the group has patience.
 *
 * Every commit carries the generation in which its records were fetched. A broker refuses those of an older one; since
 * kafkajs would put the newer number on a commit that comes late, commits are refused here as soon as this member has been
 * answered that it is in a new generation.
 */
export function openSession(options: SessionOptions): Session {
  const { connection, admin, logger, consume, sessionTimeoutMs } = options;
  const { group, topics, maxRecords = DEFAULT_MAX_RECORDS, maxWaitMs = 0 } = consume;
  const heartbeatMs = Math.min(HEARTBEAT_MS, Math.floor(sessionTimeoutMs / 4));
  // A client of its own: kafkajs shares the committed offsets of a group between the consumers of one client.
  const consumer = createKafkaClient(connection, logger).consumer({
    groupId: group,
    partitionAssigners: [assignByTopic],
    sessionTimeout: sessionTimeoutMs,
    // How long the group waits for a member with a batch in hand; one that is gone must not hold up the others longer.
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatMs,
    minBytes: 1,
    maxWaitTimeInMs: IDLE_FETCH_MS,
    maxBytesPerPartition: PARTITION_FETCH_BYTES,
    maxBytes: FETCH_BYTES,
    allowAutoTopicCreation: false,
    // Another session begins where this one ended, in the same way whatever ended it.
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });

  const held = new Map<string, Held>();
  const confirmed = new Set<string>();
  let generation = 0;
  let hasJoined = false;
  let isStopping = false;
  const isEnding = (): boolean => isStopping;
  let inHand: Promise<void> = Promise.resolve();
  let settle: (end: SessionEnd) => void = () => undefined;
  const decided = new Promise<SessionEnd>((resolve) => {
    settle = resolve;
  });

  consumer.on(consumer.events.REQUEST, ({ payload }) => {
    if (payload.apiName !== 'JoinGroup') return;
    generation += 1;
    held.clear();
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Nothing is fetched before it is known where to begin: kafkajs would begin anywhere and commit that.
    const assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({
      topic,
      partitions,
    }));
    consumer.pause(assigned);
    prepare(assigned, generation).catch((error: unknown) => {
      end(mayPass(error) ? { how: 'interrupted', error } : { how: 'failed', error });
    });
  });
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
    for (const { topic, partitions } of payload.topics) {
      for (const { partition, offset } of partitions) confirmed.add(`${topic}/${partition}/${offset}`);
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    end({ how: 'interrupted', error: payload.error });
  });

  const started = start();
  const ended = decided.then(async (how) => {
    isStopping = true;
    await inHand;
    await leave();
    return how;
  });

  /** kafkajs may wait for ever for a group that was just being shared out: then the group has to notice by itself. */
  async function leave(): Promise<void> {
    const limit = new AbortController();
    const leaving = started.then(() => consumer.disconnect());
    const late = sleep(LEAVE_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`it took longer than ${LEAVE_LIMIT_MS / 1_000} s`);
    });
    try {
      await Promise.race([leaving, late]);
    } catch (error) {
      logger.warn({ group, reason: reasonOf(error) }, 'the consumer did not leave its group cleanly');
    } finally {
      limit.abort();
      late.catch(() => undefined);
      leaving.catch(() => undefined);
    }
  }

  async function start(): Promise<void> {
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    } catch (error) {
      end({ how: 'interrupted', error });
    }
  }

  function end(how: SessionEnd): void {
    isStopping = true;
    settle(how);
  }

  async function prepare(
    assigned: readonly { readonly topic: string; readonly partitions: number[] }[],
    ofGeneration: number,
  ): Promise<void> {
    const places = await beginnings(admin, consume, assigned);
    if (generation !== ofGeneration || isStopping) return;
    for (const { topic, partition, position, committed, endOffset } of places) {
      held.set(nameOf(topic, partition), { topic, partition, generation, position, committed, endOffset });
      consumer.seek({ topic, partition, offset: String(position) });
    }
    hasJoined = true;
    consumer.resume([...assigned]);
  }

  /** kafkajs's turn to us: records of one partition, in order. What is not resolved is fetched again. */
  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages, highWatermark } = payload.batch;
    const place = held.get(nameOf(topic, partition));
    if (place === undefined || isEnding()) return;
    // A broker reads its end before it reads the records, so records may reach beyond what it says (4.3.1, seen).
    place.endOffset = Math.max(Number(highWatermark), Number(messages.at(-1)!.offset) + 1);
    const beganAtMs = performance.now();
    const first = Number(messages[0]!.offset);
    if (first !== place.position) await explainJump(place, first);

    for (let from = 0; from < messages.length; from += maxRecords) {
      if (isEnding() || !payload.isRunning()) return;
      const records = recordsOf(
        topic,
        partition,
        messages,
        from,
        Math.min(from + maxRecords, messages.length),
      );
      const last = records.at(-1)!.offset;
      const delivery = deliver(place, records, () => payload.heartbeat());
      inHand = delivery.then(
        () => undefined,
        () => undefined,
      );
      await delivery;
      if (isEnding()) return;
      place.position = last + 1;
      payload.resolveOffset(String(last));
    }
    gatherMore(place, messages, beganAtMs);
  }

  /**
   * The next batch of this partition comes `maxWaitMs` after this one began, so that records gather meanwhile. The time that
   * this one took counts: who waits after the work, as a broker asked for more bytes does, makes its own delay longer.
   */
  function gatherMore(
    { topic, partition }: Held,
    messages: readonly KafkaMessage[],
    beganAtMs: number,
  ): void {
    const restMs = maxWaitMs - (performance.now() - beganAtMs);
    if (restMs <= 0 || bytesOf(messages) >= FULL_BATCH_BYTES) return;
    const ofGeneration = generation;
    consumer.pause([{ topic, partitions: [partition] }]);
    setTimeout(() => {
      if (generation === ofGeneration && !isStopping) consumer.resume([{ topic, partitions: [partition] }]);
    }, restMs).unref();
  }

  async function deliver(
    place: Held,
    records: readonly LogRecord[],
    heartbeat: () => Promise<void>,
  ): Promise<void> {
    const outcome: { isLost: boolean } = { isLost: false };
    const batch: Batch = {
      topic: place.topic,
      partition: place.partition,
      records,
      committed: place.committed,
      async commit(nextOffset, metadata = '') {
        try {
          await commit(place, { nextOffset, metadata });
        } catch (error) {
          if (error instanceof PartitionLost) outcome.isLost = true;
          throw error;
        }
      },
    };
    const pulse = keepAlive(heartbeat);
    try {
      await consume.onBatch(batch);
    } catch (error) {
      if (!outcome.isLost) {
        end({ how: 'failed', error });
        return;
      }
    } finally {
      pulse.stop();
    }
    if (pulse.failure !== undefined) throw pulse.failure;
    if (outcome.isLost) throw new JoinAgain('a commit was refused');
  }

  /** Tells the group that we live, while a batch takes long. */
  function keepAlive(heartbeat: () => Promise<void>): { stop(): void; failure: Error | undefined } {
    const startedAtMs = performance.now();
    const pulse = { failure: undefined as Error | undefined, stop: () => clearInterval(timer) };
    const timer = setInterval(() => {
      if (performance.now() - startedAtMs > BATCH_LIMIT_MS) {
        clearInterval(timer);
        logger.error(
          { group, minutes: BATCH_LIMIT_MS / 60_000 },
          'a batch takes so long that its partition is given up',
        );
        return;
      }
      heartbeat().catch((error: unknown) => {
        // A broken connection mends itself; a new generation does not.
        if (error instanceof Error && GENERATION_OVER.has(brokerErrorOf(error) ?? '')) pulse.failure = error;
      });
    }, heartbeatMs);
    return pulse;
  }

  async function commit(place: Held, offset: CommittedOffset): Promise<void> {
    const { topic, partition } = place;
    const { nextOffset, metadata } = offset;
    if (!Number.isSafeInteger(nextOffset) || nextOffset < 0 || nextOffset > place.endOffset) {
      throw new RangeError(
        `Group ${group} can't commit offset ${nextOffset} of ${topic}, partition ${partition}: expected 0 to ${place.endOffset}.`,
      );
    }
    if (place.generation !== generation) throw lost(place);
    const name = `${topic}/${partition}/${nextOffset}`;
    confirmed.delete(name);
    try {
      await consumer.commitOffsets([{ topic, partition, offset: String(nextOffset), metadata }]);
    } catch (error) {
      const said = brokerErrorOf(error);
      if (said !== undefined && !GENERATION_OVER.has(said) && !mayPass(error)) throw error;
      throw lost(place, error);
    }
    // A consumer that is being stopped drops commits without a word.
    if (!confirmed.delete(name)) throw lost(place);
    place.committed = offset;
  }

  function lost({ topic, partition }: Held, cause?: unknown): PartitionLost {
    return new PartitionLost(
      `Group ${group} can't commit: ${topic}, partition ${partition} has moved to another consumer, or its broker does not answer.`,
      { cause },
    );
  }

  /**
   * kafkajs has begun somewhere else because the broker no longer has our next record, and has committed that. Records
   * that retention took are a gap; a log that ends before our place was replaced, and is never read as if it were ours.
   */
  async function explainJump(place: Held, first: number): Promise<void> {
    const { topic, partition, position, committed } = place;
    if (committed.nextOffset > 0 || committed.metadata !== '') await commit(place, committed);
    if (first < position) {
      const error = new Error(
        `Group ${group} was to go on at offset ${position} of ${topic}, partition ${partition}, ` +
          `but the log begins again at ${first}: it was replaced by an older copy.`,
      );
      end({ how: 'failed', error });
      throw error;
    }
    logger.warn(
      { group, topic, partition, from: position, to: first },
      'records expired before this group had read them',
    );
    place.position = first;
  }

  return {
    ended,
    get hasJoined() {
      return hasJoined;
    },
    async close() {
      end({ how: 'closed' });
      await ended;
    },
  };
}

const bytesOf = (messages: readonly KafkaMessage[]): number =>
  messages.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** kafkajs takes this for the broker's word that partitions are given out anew: it joins again and begins at the commits. */
class JoinAgain extends Error {
  override readonly name = 'JoinAgain';
  readonly type = 'REBALANCE_IN_PROGRESS';
}

function recordsOf(
  topic: string,
  partition: number,
  messages: readonly KafkaMessage[],
  from: number,
  to: number,
): readonly LogRecord[] {
  const records = new Array<LogRecord>(to - from);
  for (let i = from; i < to; i += 1) {
    const message = messages[i]!;
    records[i - from] = {
      topic,
      partition,
      offset: Number(message.offset),
      key: message.key === null ? '' : message.key.toString('utf8'),
      value: message.value ?? new Uint8Array(),
      headers: headersOf(message.headers),
      appendedAtMs: Number(message.timestamp),
    };
  }
  return records;
}

function headersOf(headers: KafkaMessage['headers']): LogRecord['headers'] {
  let texts: Record<string, string> | undefined;
  for (const name in headers) {
    const value = headers[name];
    // The last of several, as in the embedded log, where there is but one.
    const one = Array.isArray(value) ? value.at(-1) : value;
    if (one !== undefined) (texts ??= {})[name] = one.toString('utf8');
  }
  return texts ?? NO_HEADERS;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionTypes, type Message, type Producer } from 'kafkajs';
import { createKafkaClient, type KafkaConnection } from '../kafka/connection.ts';
import { brokerErrorOf, mayPass, reasonOf } from '../kafka/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { NewRecord } from './event-log.ts';

export interface KafkaProducerOptions {
  readonly connection: KafkaConnection;
  readonly logger: Logger;
  readonly compression: 'none' | 'gzip';
  /** How long a record is tried before its append rejects. */
  readonly appendLimitMs: number;
}

export interface KafkaProducer {
  /** Appends records of one partition, in order. @returns the offset of each */
  append(topic: string, partition: number, records: readonly NewRecord[]): Promise<readonly number[]>;
  /** Waits for everything that was asked for, then lets go of the brokers. */
  close(): Promise<void>;
}

interface Waiting {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  readonly resolve: (firstOffset: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** One partition's queue. At most one request of it is on its way. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  waiting: Waiting[];
  busy: boolean;
}

interface Client {
  readonly ready: Promise<Producer>;
  /** Requests that were begun with it and are not settled. */
  inUse: number;
  isRetired: boolean;
}

/** A request of more records is slower for each: kafkajs copies a list for every record that it adds to it. */
const REQUEST_RECORDS = 1_000;
/** One record of 1 MiB always fits; what is smaller is gathered up to here, below the brokers' limit for a batch. */
const REQUEST_BYTES = 1024 * 1024;
const RECORD_OVERHEAD_BYTES = 32;
/** How long a leader waits for its followers. */
const ACKNOWLEDGE_LIMIT_MS = 8_000;
const RETRY_MS = { first: 50, most: 1_000 };
/** After these a producer's numbers and the broker's no longer agree; only a new producer id helps. */
const NUMBERS_LOST: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
]);

/**
 * Appends to Kafka so that a record which is acknowledged lies there exactly once.
 *
 * Brokers number the records of a producer id and partition, and drop a request that repeats numbers. kafkajs counts up
 * before it sends and back when that failed, so a repetition carries the same numbers only while nothing else is sent to
 * that partition. Therefore: one request a partition at a time, of that partition alone (kafkajs loses track of
 * requests that span brokers when a leader moves), and the very same records are sent again, by the same producer id,
 * until they are acknowledged or the time is over.
 *
 * An append that rejects may have been taken, now or a moment later. Its producer id is given up, because its numbers
 * may belong to it: the next request would be taken for its repetition and dropped. Whoever then appends the same events
 * again may double them in the log; `missingRecords` looks first, and events carry an id.
 */
export function createKafkaProducer(options: KafkaProducerOptions): KafkaProducer {
  const { connection, logger, appendLimitMs } = options;
  const compression = options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
  const lanes = new Map<string, Lane>();
  const working = new Set<Promise<void>>();
  const goodbyes = new Set<Promise<void>>();
  let current: Client | undefined;

  function laneOf(topic: string, partition: number): Lane {
    const name = `${topic}/${partition}`;
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const lane: Lane = { topic, partition, waiting: [], busy: false };
    lanes.set(name, lane);
    return lane;
  }

  function wake(lane: Lane): void {
    if (lane.busy) return;
    lane.busy = true;
    // setImmediate comes after all input of this turn: whoever was woken by it gets into the same request.
    const work = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => empty(lane))
      .finally(() => {
        working.delete(work);
      });
    working.add(work);
  }

  async function empty(lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const group = takeGroup(lane);
      try {
        let offset = await sendAll(lane, group);
        for (const { records, resolve } of group) {
          resolve(offset);
          offset += records.length;
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    lane.busy = false;
  }

  async function sendAll({ topic, partition }: Lane, group: readonly Waiting[]): Promise<number> {
    const messages = group.flatMap(({ records }) => records.map((record) => messageFrom(record, partition)));
    const client = (current ??= connectProducer());
    client.inUse += 1;
    const until = Date.now() + appendLimitMs;
    try {
      for (let retryMs = RETRY_MS.first; ; retryMs = Math.min(retryMs * 2, RETRY_MS.most)) {
        try {
          return await sendOnce(await client.ready, topic, messages);
        } catch (error) {
          const isFinal = !mayPass(error) || NUMBERS_LOST.has(brokerErrorOf(error) ?? '');
          if (isFinal || Date.now() + retryMs > until) throw error;
          logger.warn({ topic, partition, reason: reasonOf(error), retryMs }, 'Kafka took no events yet');
          await sleep(retryMs);
        }
      }
    } catch (error) {
      retire(client);
      throw error;
    } finally {
      client.inUse -= 1;
      letGo(client);
    }
  }

  async function sendOnce(producer: Producer, topic: string, messages: Message[]): Promise<number> {
    const [answer, ...more] = await producer.send({
      topic,
      messages,
      acks: -1,
      timeout: ACKNOWLEDGE_LIMIT_MS,
      compression,
    });
    if (answer?.baseOffset === undefined || more.length > 0) {
      throw new Error(`Kafka answered an append to ${topic} with ${more.length + 1} places; expected one.`);
    }
    return Number(answer.baseOffset);
  }

  /** Requests that were begun with it end with it; new ones begin with a new producer id. */
  function retire(client: Client): void {
    client.isRetired = true;
    if (current === client) current = undefined;
  }

  function letGo(client: Client): void {
    if (!client.isRetired || client.inUse > 0) return;
    const goodbye = client.ready
      .then((producer) => producer.disconnect())
      .catch(() => undefined)
      .finally(() => goodbyes.delete(goodbye));
    goodbyes.add(goodbye);
  }

  function connectProducer(): Client {
    const client: Client = { ready: connected(), inUse: 0, isRetired: false };
    // Who sends hears of it.
    client.ready.catch(() => undefined);
    return client;
  }

  async function connected(): Promise<Producer> {
    const until = Date.now() + appendLimitMs;
    for (let retryMs = RETRY_MS.first; ; retryMs = Math.min(retryMs * 2, RETRY_MS.most)) {
      const producer = createKafkaClient(connection, logger).producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: () => partitionOfMessage,
        // One repetition, the least that kafkajs allows: repeating is done above, where the time is watched.
        retry: { retries: 1 },
      });
      try {
        await producer.connect();
        return producer;
      } catch (error) {
        await producer.disconnect().catch(() => undefined);
        if (!mayPass(error) || Date.now() + retryMs > until) throw error;
        await sleep(retryMs);
      }
    }
  }

  return {
    append(topic, partition, records) {
      const lane = laneOf(topic, partition);
      const parts = partsOf(records);
      const answers = parts.map(
        (part) =>
          new Promise<number>((resolve, reject) => {
            lane.waiting.push({ records: part, bytes: bytesOf(part), resolve, reject });
          }),
      );
      wake(lane);
      return offsetsOf(parts, answers);
    },
    async close() {
      while (working.size > 0) await Promise.all(working);
      if (current !== undefined) {
        const last = current;
        retire(last);
        letGo(last);
      }
      await Promise.all(goodbyes);
    },
  };
}

/**
 * Other processes may append between two requests, so each part has a place of its own. All are settled when this
 * answers: nobody takes an append for over whose end is still on its way.
 */
async function offsetsOf(
  parts: readonly (readonly NewRecord[])[],
  answers: readonly Promise<number>[],
): Promise<readonly number[]> {
  const settled = await Promise.allSettled(answers);
  const offsets: number[] = [];
  settled.forEach((answer, part) => {
    if (answer.status === 'rejected') throw answer.reason;
    for (let i = 0; i < parts[part]!.length; i += 1) offsets.push(answer.value + i);
  });
  return offsets;
}

/** What goes into the next request: whole parts, in order, as many as fit. */
function takeGroup(lane: Lane): readonly Waiting[] {
  let records = 0;
  let bytes = 0;
  let count = 0;
  for (const part of lane.waiting) {
    records += part.records.length;
    bytes += part.bytes;
    if (count > 0 && (records > REQUEST_RECORDS || bytes > REQUEST_BYTES)) break;
    count += 1;
  }
  const group = lane.waiting.slice(0, count);
  lane.waiting = lane.waiting.slice(count);
  return group;
}

/** Cuts one append into parts that fit into a request. */
function partsOf(records: readonly NewRecord[]): readonly (readonly NewRecord[])[] {
  const parts: NewRecord[][] = [];
  let part: NewRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (part.length > 0 && (part.length === REQUEST_RECORDS || bytes + size > REQUEST_BYTES)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

const bytesOf = (records: readonly NewRecord[]): number =>
  records.reduce((sum, record) => sum + sizeOf(record), 0);

function sizeOf({ key, value, headers }: NewRecord): number {
  let size = RECORD_OVERHEAD_BYTES + value.byteLength + Buffer.byteLength(key);
  for (const name in headers) size += name.length + Buffer.byteLength(headers[name]!) + 2;
  return size;
}

function messageFrom({ key, value, headers }: NewRecord, partition: number): Message {
  const message: Message = {
    key,
    value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    partition,
  };
  if (headers !== undefined) message.headers = headers;
  return message;
}

/** Partitions are chosen by the log (partitioner.ts), so that both logs put a key into the same one. */
function partitionOfMessage({ message }: { message: Message }): number {
  if (message.partition === undefined) throw new Error('The log says which partition a record belongs to.');
  return message.partition;
}

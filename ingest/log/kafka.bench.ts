import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompressionTypes } from 'kafkajs';
import { UserError } from '../../runtime/errors.ts';
import { createLogger, type Logger } from '../../runtime/logger.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import { eventRecord } from '../events/codec.ts';
import { createEvent } from '../events/envelope.ts';
import { VisitStarted } from '../events/visit-started.ts';
import { startKafka } from '../kafka/broker.ts';
import { createKafkaClient, type KafkaConnection } from '../kafka/connection.ts';
import { applyTopics } from '../kafka/topics.ts';
import type { Topic } from '../topics.ts';
import { newId } from '../../runtime/ids.ts';
import type { NewRecord } from './event-log.ts';
import { openKafkaLog } from './kafka.ts';
import { partitionOf } from './partitioner.ts';

const PARTITIONS = 4;
const RECORDS_PER_APPEND = 1_000;
const COMPRESSIONS = ['none', 'gzip'] as const;

/** What the adapter costs over the client that it uses, and what compression saves and costs. */
export const report: Report = {
  name: 'kafka',
  summary: 'The event log on Kafka against the bare client on the same broker; with and without compression.',
  options: {
    events: 'events a round, at least 10000 (default 200000)',
    rounds: 'rounds of all ways in turn; the median counts (default 3)',
  },
  run,
};

interface Rates {
  readonly perSecond: number;
  /** By the processor time of this process alone. */
  readonly perCpuSecond: number;
}

async function run(args: ReportArgs): Promise<ReportBody> {
  const events = wholeNumber(args, 'events', 200_000, 10_000);
  const rounds = wholeNumber(args, 'rounds', 3, 1);
  const logger = createLogger('bench', 'error');
  const dir = await mkdtemp(join(tmpdir(), 'smart-store-kafka-bench-'));
  const kafka = await startKafka({ nodes: 1, dataDir: dir, logger, progress: args.progress });
  try {
    const connection: KafkaConnection = { brokers: [...kafka.brokers], clientId: 'bench' };
    const records = makeRecords(events);
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0) / records.length;
    const found = new Map<string, Rates[]>();
    const note = (name: string, rates: Rates): void =>
      void found.set(name, [...(found.get(name) ?? []), rates]);
    for (let round = 1; round <= rounds; round += 1) {
      for (const compression of COMPRESSIONS) {
        args.progress(`round ${round} of ${rounds}, compression ${compression}`);
        const topics = [topicNamed(`bench.${compression}.${round}.${randomUUID()}`)];
        await applyTopics(connection, topics, { replicationFactor: 1, logger });
        const [topic] = topics as [Topic];
        const given = { connection, logger, topic, records, compression };
        note(`append.${compression}`, await appendRates(given));
        note(`read.${compression}`, await readRates(given));
        const bare = topicNamed(`bench.bare.${compression}.${round}.${randomUUID()}`);
        await applyTopics(connection, [bare], { replicationFactor: 1, logger });
        note(`bareAppend.${compression}`, await bareAppendRates({ ...given, topic: bare }));
        note(`bareRead.${compression}`, await bareReadRates({ ...given, topic: bare }));
      }
    }
    const of = (name: string, what: keyof Rates): number =>
      median(found.get(name)!.map((rates) => rates[what]));
    const ratio = (name: string, baseline: string): number =>
      median(
        found
          .get(name)!
          .map((rates, round) => rates.perCpuSecond / found.get(baseline)![round]!.perCpuSecond),
      );
    return {
      figures: {
        eventsPerSecond: of('append.none', 'perSecond'),
        appendedPerCpuSecond: of('append.none', 'perCpuSecond'),
        readPerCpuSecond: of('read.none', 'perCpuSecond'),
        gzipAppendedPerCpuSecond: of('append.gzip', 'perCpuSecond'),
        gzipReadPerCpuSecond: of('read.gzip', 'perCpuSecond'),
        meanEventBytes: Math.round(bytes),
        events,
        rounds,
      },
      baselines: {
        bareAppendedPerCpuSecond: of('bareAppend.none', 'perCpuSecond'),
        bareReadPerCpuSecond: of('bareRead.none', 'perCpuSecond'),
      },
      ratios: {
        appendToBareClient: ratio('append.none', 'bareAppend.none'),
        readToBareClient: ratio('read.none', 'bareRead.none'),
        gzipAppendToNone: ratio('append.gzip', 'append.none'),
        gzipReadToNone: ratio('read.gzip', 'read.none'),
      },
      notes: [
        `Appends of ${RECORDS_PER_APPEND} events, acknowledged by every in-sync replica before the next; one node of Apache Kafka on this machine.`,
        'The bare client is the same kafkajs: idempotent, one request at a time, our partitions; it answers no positions, tries nothing again, keeps no place.',
        'Ratios are of events a second of processor time of this process, taken within a round.',
      ],
    };
  } finally {
    await kafka.close();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Given {
  readonly connection: KafkaConnection;
  readonly logger: Logger;
  readonly topic: Topic;
  readonly records: readonly NewRecord[];
  readonly compression: 'none' | 'gzip';
}

async function appendRates({ connection, logger, topic, records, compression }: Given): Promise<Rates> {
  const log = await openKafkaLog({ connection, logger, topics: [topic], compression });
  const own = records.map((record) => ({ ...record, topic: topic.name }));
  await log.append(own.slice(0, 1)); // connects
  const rates = await measured(own.length - 1, async () => {
    for (let at = 1; at < own.length; at += RECORDS_PER_APPEND) {
      await log.append(own.slice(at, at + RECORDS_PER_APPEND));
    }
  });
  await log.close();
  return rates;
}

async function bareAppendRates({ connection, logger, topic, records, compression }: Given): Promise<Rates> {
  const producer = createKafkaClient(connection, logger).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner:
      () =>
      ({ message }) =>
        partitionOf(String(message.key), PARTITIONS),
  });
  await producer.connect();
  const send = (some: readonly NewRecord[]): Promise<unknown> =>
    producer.send({
      topic: topic.name,
      acks: -1,
      compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: some.map(({ key, value, headers }) => ({
        key,
        value: Buffer.from(value),
        headers: { ...headers },
      })),
    });
  await send(records.slice(0, 1));
  const rates = await measured(records.length - 1, async () => {
    for (let at = 1; at < records.length; at += RECORDS_PER_APPEND) {
      await send(records.slice(at, at + RECORDS_PER_APPEND));
    }
  });
  await producer.disconnect();
  return rates;
}

/** From the first batch to the last, so that joining the group is not counted. */
async function readRates({ connection, logger, topic, records }: Given): Promise<Rates> {
  const log = await openKafkaLog({ connection, logger, topics: [topic] });
  const { count, finished } = counter(records.length);
  const consumer = await log.consume({
    group: `bench.${randomUUID()}`,
    topics: [topic.name],
    maxRecords: 10_000,
    onBatch: (batch) => {
      count(batch.records.length);
      return Promise.resolve();
    },
  });
  const rates = await finished;
  await consumer.close();
  await log.close();
  return rates;
}

async function bareReadRates({ connection, logger, topic, records }: Given): Promise<Rates> {
  const consumer = createKafkaClient(connection, logger).consumer({
    groupId: `bench.${randomUUID()}`,
    maxBytesPerPartition: 2 * 1024 * 1024,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic.name], fromBeginning: true });
  const { count, finished } = counter(records.length);
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: (payload) => {
      count(payload.batch.messages.length);
      payload.resolveOffset(payload.batch.lastOffset());
      return Promise.resolve();
    },
  });
  const rates = await finished;
  await consumer.disconnect();
  return rates;
}

function counter(expected: number): {
  readonly count: (records: number) => void;
  readonly finished: Promise<Rates>;
} {
  let finish: (rates: Rates) => void;
  const finished = new Promise<Rates>((resolve) => (finish = resolve));
  let seen = 0;
  let first = 0;
  let stop: ((done: number) => Rates) | undefined;
  return {
    finished,
    count(records) {
      seen += records;
      if (stop === undefined) {
        first = records;
        stop = stopwatch();
      }
      if (seen >= expected) finish(stop(seen - first));
    },
  };
}

async function measured(count: number, work: () => Promise<void>): Promise<Rates> {
  const stop = stopwatch();
  await work();
  return stop(count);
}

function stopwatch(): (done: number) => Rates {
  const began = performance.now();
  const cpu = process.cpuUsage();
  return (done) => {
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return {
      perSecond: Math.round(done / seconds),
      perCpuSecond: Math.round(done / ((user + system) / 1e6)),
    };
  };
}

function makeRecords(count: number): readonly NewRecord[] {
  const { source, data } = VisitStarted.example;
  return Array.from({ length: count }, () => {
    const visitId = newId();
    const facts = { source, data, visitId, storeId: 'bench', time: new Date() };
    return eventRecord(createEvent(VisitStarted, { ...facts, subject: `stores/bench/visits/${visitId}` }));
  });
}

function topicNamed(name: string): Topic {
  return { name, keyedBy: 'visitid', partitions: PARTITIONS, retentionDays: 1, why: 'a benchmark' };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function wholeNumber({ options }: ReportArgs, name: string, byDefault: number, least: number): number {
  const given = options[name];
  const value = given === undefined ? byDefault : Number(given);
  if (Number.isSafeInteger(value) && value >= least && given !== true) return value;
  throw new UserError(
    'bench.option',
    `--${name} should be a whole number of ${least} or more; found "${String(given)}".`,
    `Type for example: npm run bench -- kafka --${name} ${byDefault}`,
  );
}

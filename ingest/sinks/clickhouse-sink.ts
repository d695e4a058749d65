import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from '../../runtime/logger.ts';
import type { Codec } from '../events/codec.ts';
import type { Fate } from '../fate.ts';
import { PartitionLost, type Batch, type EventLog, type LogRecord } from '../log/event-log.ts';
import { createBatchWriter, StoppedWhileWaiting } from './batch-writer.ts';
import type { FaultPoint } from './fault-point.ts';
import { createPartitionBatches, type PartitionBatches } from './partition-batches.ts';
import { createSinkCounters, type SinkMetrics } from './sink-metrics.ts';

export interface ClickHouseSinkDeps {
  readonly log: EventLog;
  /** Connected to the database that the migrations made. */
  readonly client: ClickHouseClient;
  readonly logger: Logger;
  /** Names of the topics whose records are events. */
  readonly topics: readonly string[];
  /** How events are read; as this release reads them when left out. */
  readonly decode?: Codec['decode'];
  readonly batch?: {
    /** What the log hands over at most at one go. */
    readonly maxRecords?: number;
    /** What one insert holds at most: while ClickHouse takes one, the next is made ready. */
    readonly maxRows?: number;
    readonly maxWaitMs?: number;
    /** An intent that is older is committed again before its insert. */
    readonly intentHoldsMs?: number;
  };
  /** Told of every record once its fate is durable. After a restart it may be told again. */
  readonly onFate?: (record: LogRecord, fate: Fate) => void;
  readonly at?: FaultPoint;
}

export interface ClickHouseSink {
  /** Fulfilled after `close`; rejected when the event log failed (ClickHouse failing is waited for). */
  readonly closed: Promise<void>;
  metrics(): Promise<SinkMetrics>;
  /** Finishes the batch in hand; one that waits for ClickHouse is left to the next start. */
  close(): Promise<void>;
}

/** The consumer group under which the sink keeps its place. */
export const SINK_GROUP = 'clickhouse-sink';
/** Large batches insert cheaply, and a wait of a fifth of a second leaves most of the second to the rest of the way. */
const BATCH = { maxRecords: 20_000, maxRows: 10_000, maxWaitMs: 200 };
/** Partitions are shared by so many: while ClickHouse takes a batch of one, the next one's events are read and checked. */
const CONSUMERS = 2;

/** Copies events from the log into ClickHouse, each exactly once, over restarts and crashes of either side. */
export async function startClickHouseSink(deps: ClickHouseSinkDeps): Promise<ClickHouseSink> {
  const { log, client, logger, topics, onFate, at } = deps;
  const stopping = new AbortController();
  const counters = createSinkCounters();
  const partitions = new Map<string, PartitionBatches>();
  const store = createBatchWriter({
    log,
    client,
    logger,
    decode: deps.decode,
    counters,
    stopping: stopping.signal,
    onFate,
    at,
    intentHoldsMs: deps.batch?.intentHoldsMs,
  });

  const consumers = await Promise.all(
    Array.from({ length: CONSUMERS }, () =>
      log.consume({
        group: SINK_GROUP,
        topics,
        maxRecords: deps.batch?.maxRecords ?? BATCH.maxRecords,
        maxWaitMs: deps.batch?.maxWaitMs ?? BATCH.maxWaitMs,
        onBatch,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(consumers.map((consumer) => consumer.close()));
  };
  const closed = Promise.all(consumers.map((consumer) => consumer.closed)).then(
    () => undefined,
    async (error: unknown) => {
      // One that failed would leave its partitions to the others, which meet the same log.
      await close();
      throw error;
    },
  );

  async function onBatch(batch: Batch): Promise<void> {
    if (stopping.signal.aborted) return;
    const done = counters.taken(batch);
    try {
      await store(batch, cutterOf(batch).cut(batch));
    } catch (error) {
      if (error instanceof PartitionLost) {
        counters.lost();
        logger.info({ topic: batch.topic, partition: batch.partition }, error.message);
      } else if (!(error instanceof StoppedWhileWaiting)) throw error;
    } finally {
      done();
    }
  }

  function cutterOf({ topic, partition }: Batch): PartitionBatches {
    const key = `${topic}:${partition}`;
    const cutter = partitions.get(key) ?? createPartitionBatches(deps.batch?.maxRows ?? BATCH.maxRows);
    partitions.set(key, cutter);
    return cutter;
  }

  return {
    closed,
    metrics: () => counters.read(log, SINK_GROUP, topics),
    close,
  };
}

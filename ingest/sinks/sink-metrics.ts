import { measure } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import type { Batch, EventLog } from '../log/event-log.ts';

/** What the sink has done since it started, and how far behind it is. */
export interface SinkMetrics {
  /** Events that ClickHouse has, each counted once. */
  readonly rows: number;
  /** Batches that are stored and committed. */
  readonly batches: number;
  /** Inserts that failed and were tried again. */
  readonly retries: number;
  /** The same by reason, e.g. `ClickHouse MEMORY_LIMIT_EXCEEDED (code 241)`. */
  readonly errors: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  /** Batches that another consumer stored, because their partition had moved to it. */
  readonly partitionsLost: number;
  /** Bytes of records that were taken from the log, and of the bodies of inserts. */
  readonly bytes: { readonly read: number; readonly inserted: number };
  /** Age of the oldest record of the batches in hand; null when there is none. */
  readonly oldestPendingMs: number | null;
  /** Records in the log that the sink has not committed. */
  readonly lag: number;
  readonly lagByPartition: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly lag: number;
  }[];
  /** The last insert that failed, while it still stands in the way; null when all is well. */
  readonly lastError: { readonly atMs: number; readonly reason: string } | null;
}

/** Counts while batches are stored. */
export interface SinkCounters {
  /** A batch is stored and committed. */
  stored(rows: number, bytes: number): void;
  /** ClickHouse has acknowledged an insert. */
  inserted(durationMs: number): void;
  failed(reason: string): void;
  deadLettered(records: number): void;
  lost(): void;
  /** A batch is in hand until the function that is returned is called. */
  taken(batch: Batch): () => void;
  read(log: EventLog, group: string, topics: readonly string[]): Promise<SinkMetrics>;
}

export function createSinkCounters(): SinkCounters {
  const counts = { rows: 0, batches: 0, retries: 0, deadLetters: 0, partitionsLost: 0 };
  const bytes = { read: 0, inserted: 0 };
  const errors = new Map<string, number>();
  let lastError: SinkMetrics['lastError'] = null;
  const inHand = new Set<Batch>();
  return {
    stored(rows, insertedBytes) {
      counts.rows += rows;
      counts.batches += 1;
      bytes.inserted += insertedBytes;
      measure(METRICS.sinkBatchRows, rows, {});
      lastError = null;
    },
    inserted(durationMs) {
      measure(METRICS.sinkInsert, durationMs / 1000, {});
    },
    failed(reason) {
      counts.retries += 1;
      errors.set(reason, (errors.get(reason) ?? 0) + 1);
      lastError = { atMs: Date.now(), reason };
    },
    deadLettered(records) {
      counts.deadLetters += records;
    },
    lost() {
      counts.partitionsLost += 1;
    },
    taken(batch) {
      inHand.add(batch);
      for (const { value } of batch.records) bytes.read += value.byteLength;
      return () => inHand.delete(batch);
    },
    async read(log, group, topics) {
      const lags = (await log.lag(group)).filter(({ topic }) => topics.includes(topic));
      const oldestAtMs = Math.min(...[...inHand].map(({ records }) => records[0]!.appendedAtMs));
      return {
        ...counts,
        errors: Object.fromEntries(errors),
        bytes: { ...bytes },
        oldestPendingMs: Number.isFinite(oldestAtMs) ? Date.now() - oldestAtMs : null,
        lag: lags.reduce((sum, { lag }) => sum + lag, 0),
        lagByPartition: lags.map(({ topic, partition, lag }) => ({ topic, partition, lag })),
        lastError,
      };
    },
  };
}

import type { Batch, EventLog } from '../log/event-log.ts';

/** What the sink has done since it started, and how far behind it is. */
export interface SinkMetrics {
  /** Events that ClickHouse has, each counted once. */
  readonly rows: number;
  /** Batches that are stored and committed. */
  readonly batches: number;
  /** Inserts that failed and were tried again. */
  readonly retries: number;
  readonly deadLetters: number;
  /** Age of the oldest record of the batches in hand; null when there is none. */
  readonly oldestPendingMs: number | null;
  /** Records in the log that the sink has not committed. */
  readonly lag: number;
  /** The last insert that failed, while it still stands in the way; null when all is well. */
  readonly lastError: { readonly atMs: number; readonly reason: string } | null;
}

/** Counts while batches are stored. */
export interface SinkCounters {
  stored(rows: number): void;
  failed(reason: string): void;
  deadLettered(records: number): void;
  /** A batch is in hand until the function that is returned is called. */
  taken(batch: Batch): () => void;
  read(log: EventLog, group: string, topics: readonly string[]): Promise<SinkMetrics>;
}

export function createSinkCounters(): SinkCounters {
  const counts = { rows: 0, batches: 0, retries: 0, deadLetters: 0 };
  let lastError: SinkMetrics['lastError'] = null;
  const inHand = new Set<Batch>();
  return {
    stored(rows) {
      counts.rows += rows;
      counts.batches += 1;
      lastError = null;
    },
    failed(reason) {
      counts.retries += 1;
      lastError = { atMs: Date.now(), reason };
    },
    deadLettered(records) {
      counts.deadLetters += records;
    },
    taken(batch) {
      inHand.add(batch);
      return () => inHand.delete(batch);
    },
    async read(log, group, topics) {
      const lags = (await log.lag(group)).filter(({ topic }) => topics.includes(topic));
      const oldestAtMs = Math.min(...[...inHand].map(({ records }) => records[0]!.appendedAtMs));
      return {
        ...counts,
        oldestPendingMs: Number.isFinite(oldestAtMs) ? Date.now() - oldestAtMs : null,
        lag: lags.reduce((sum, { lag }) => sum + lag, 0),
        lastError,
      };
    },
  };
}

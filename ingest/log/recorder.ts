import type { Batch, ConsumeOptions, EventLog, LogRecord } from './event-log.ts';

/** How long a test waits for what must come; brokers take seconds to let a consumer into its group. */
export const PATIENCE_MS = 30_000;

/** Remembers what a consumer was handed; for tests. */
export interface Recorder {
  readonly batches: Batch[];
  readonly records: LogRecord[];
  readonly onBatch: ConsumeOptions['onBatch'];
  /** Waits until `onBatch` is done with so many records. */
  until(count: number): Promise<void>;
}

/** Keeps what it is handed, then does `then`. */
export function recorder(then: (batch: Batch) => Promise<void> = () => Promise.resolve()): Recorder {
  const batches: Batch[] = [];
  const records: LogRecord[] = [];
  let done = 0;
  return {
    batches,
    records,
    async onBatch(batch) {
      batches.push(batch);
      records.push(...batch.records);
      await then(batch);
      done += batch.records.length;
    },
    until: (count) => eventually(`${count} records`, () => Promise.resolve(done >= count)),
  };
}

/** Consumes until there are `count` records, without committing. */
export async function consumeUntil(
  log: EventLog,
  options: Omit<ConsumeOptions, 'onBatch'>,
  count: number,
): Promise<readonly LogRecord[]> {
  const seen = recorder();
  const consumer = await log.consume({ ...options, onBatch: seen.onBatch });
  await Promise.race([seen.until(count), consumer.closed]);
  await consumer.close();
  return seen.records;
}

/** Waits until it is so; fails when that takes too long. */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const until = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

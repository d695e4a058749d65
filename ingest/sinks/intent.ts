import { createHash } from 'node:crypto';
import type { CommittedOffset, LogRecord } from '../log/event-log.ts';

/**
 * What the sink is about to insert: the records from the committed offset through `through`. It is committed as the
 * offset's metadata before the insert, so that a restarted sink builds just that batch again, under the same token, and
 * ClickHouse can tell that it has it.
 */
export interface Intent {
  /** Offset of the last record of the batch. */
  readonly through: number;
}

export const intentNote = ({ through }: Intent): string => `insert-through:${through}`;

/** The intent that a committed offset carries; undefined when no insert was under way. */
export function readIntent({ metadata }: CommittedOffset): Intent | undefined {
  if (metadata === '') return undefined;
  const digits = /^insert-through:(\d+)$/.exec(metadata)?.[1];
  const through = digits === undefined ? NaN : Number(digits);
  if (!Number.isSafeInteger(through)) {
    throw new Error(
      `The sink's place in the event log carries a note that this release can't read: "${metadata}".`,
    );
  }
  return { through };
}

/**
 * The name of a batch for ClickHouse's deduplication. Place and length say which records; the digest of the first and
 * last (their UUIDs) tells this log from another one that had the same offsets before the log was replaced.
 */
export function deduplicationToken(records: readonly LogRecord[]): string {
  const first = records[0]!;
  const last = records.at(-1)!;
  const digest = createHash('sha256').update(first.value).update(last.value).digest('hex').slice(0, 16);
  return `${first.topic}:${first.partition}:${first.offset}:${last.offset}:${digest}`;
}

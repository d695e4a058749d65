import { createHash } from 'node:crypto';
import type { CommittedOffset, LogRecord } from '../log/event-log.ts';
import { EVENTS_SCHEMA } from './events-table.ts';

/**
 * What the sink is about to insert: the records from the committed offset through `through`, without the refused ones. It
 * is committed as the offset's metadata before the insert, so that whoever comes next, be it another release, sends the
 * very same records under the same token, and ClickHouse can tell that it has them.
 */
export interface Intent {
  /** Offset of the last record of the batch. */
  readonly through: number;
  /** {@link EVENTS_SCHEMA} of the release that announced it; null for a release that did not say. */
  readonly schema: number | null;
  /**
   * Offsets that are no rows and go to the dead letters, as ranges with both ends. A release that reads more than the one
   * that announced must still leave them out: under this token ClickHouse takes nothing new. Null: nobody said.
   */
  readonly refused: readonly (readonly [from: number, to: number])[] | null;
}

/** Kafka keeps 4,096 bytes beside an offset (offset.metadata.max.bytes); a batch whose note is longer is cut. */
export const LONGEST_NOTE = 4_000;

/** @param refused offsets of the batch that are no rows, ascending */
export function intentNote(through: number, refused: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const offset of refused) {
    const range = ranges.at(-1);
    if (range?.[1] === offset - 1) range[1] = offset;
    else ranges.push([offset, offset]);
  }
  return JSON.stringify({ through, schema: EVENTS_SCHEMA, refused: ranges });
}

/** The intent that a committed offset carries; undefined when no insert was under way. */
export function readIntent({ metadata }: Pick<CommittedOffset, 'metadata'>): Intent | undefined {
  if (metadata === '') return undefined;
  const intent = intentOfToday(metadata) ?? intentOfFirstRelease(metadata);
  if (intent === undefined) {
    throw new Error(
      `The sink's place in the event log carries a note that this release can't read: "${metadata}".`,
    );
  }
  return intent;
}

/** Does the intent leave this record out? Undefined where nobody said. */
export function isRefused({ refused }: Intent, offset: number): boolean | undefined {
  return refused?.some(([from, to]) => from <= offset && offset <= to);
}

/**
 * The name of a batch for ClickHouse's deduplication. It speaks of the records alone, never of how they are encoded: a
 * new format or a new release names the same batch in the same way. Place and length say which records; the digest of the
 * first and last (their UUIDs) tells this log from another one that had the same offsets before the log was replaced.
 */
export function deduplicationToken(records: readonly LogRecord[]): string {
  const first = records[0]!;
  const last = records.at(-1)!;
  const digest = createHash('sha256').update(first.value).update(last.value).digest('hex').slice(0, 16);
  return `${first.topic}:${first.partition}:${first.offset}:${last.offset}:${digest}`;
}

function intentOfToday(metadata: string): Intent | undefined {
  let note: unknown;
  try {
    note = JSON.parse(metadata);
  } catch {
    return undefined;
  }
  if (typeof note !== 'object' || note === null) return undefined;
  if (!('through' in note && 'schema' in note && 'refused' in note)) return undefined;
  const { through, schema, refused } = note;
  if (!isOffset(through) || !isOffset(schema) || !Array.isArray(refused) || !refused.every(isRange)) {
    return undefined;
  }
  return { through, schema, refused };
}

/** `insert-through:417` */
function intentOfFirstRelease(metadata: string): Intent | undefined {
  const digits = /^insert-through:(\d+)$/.exec(metadata)?.[1];
  const through = digits === undefined ? undefined : Number(digits);
  return isOffset(through) ? { through, schema: null, refused: null } : undefined;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isOffset);
}

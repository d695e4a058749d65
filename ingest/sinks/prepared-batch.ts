import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '../../runtime/errors.ts';
import type { Codec } from '../events/codec.ts';
import type { LogRecord } from '../log/event-log.ts';
import { createEventsBlock, type EventsBlock } from './events-block.ts';
import { EVENTS_SCHEMA, eventsRow } from './events-table.ts';
import { deduplicationToken, intentNote, isRefused, type Intent } from './intent.ts';
import type { Cut } from './partition-batches.ts';

/** A batch that is read, checked and encoded: all that can be done before ClickHouse is asked. */
export interface PreparedBatch {
  readonly records: readonly LogRecord[];
  /** What is committed before the insert. */
  readonly note: string;
  readonly token: string;
  /** The insert's body; null when no record is a row. */
  readonly body: Buffer | null;
  readonly stored: readonly LogRecord[];
  readonly rejected: readonly Rejection[];
}

export interface Rejection {
  readonly record: LogRecord;
  readonly reason: string;
}

export type PrepareBatch = (cut: Cut) => Promise<PreparedBatch>;

/**
 * So many records are read and encoded at one go, about 2 ms, before others get their turn: the batch before goes to
 * ClickHouse in pieces meanwhile, and each piece waits for its turn.
 */
const RECORDS_AT_A_GO = 250;

/** Blocks are used again and again: their memory grows to the largest batch and stays. */
export function createBatchPreparation(decode: Codec['decode']): PrepareBatch {
  const addTo = createAdding(decode);
  const blocks: EventsBlock[] = [];
  return async (cut) => {
    const block = blocks.pop() ?? createEventsBlock();
    try {
      return await prepare(cut, block, addTo);
    } finally {
      block.clear();
      blocks.push(block);
    }
  };
}

async function prepare(
  { records, announced }: Cut,
  block: EventsBlock,
  addTo: AddTo,
): Promise<PreparedBatch> {
  const stored: LogRecord[] = [];
  const rejected: Rejection[] = [];
  for (let index = 0; index < records.length; index += 1) {
    if (index > 0 && index % RECORDS_AT_A_GO === 0) await nextTurn();
    const record = records[index]!;
    const reason =
      announced === undefined ? addTo(block, record) : addAsAnnounced(block, record, announced, addTo);
    if (reason === null) stored.push(record);
    else rejected.push({ record, reason });
  }
  return {
    records,
    note: intentNote(
      records.at(-1)!.offset,
      rejected.map(({ record }) => record.offset),
    ),
    token: deduplicationToken(records),
    body: block.rows > 0 ? block.toBuffer() : null,
    stored,
    rejected,
  };
}

/** @returns why the record is no row of the table; null when it is in the block */
type AddTo = (block: EventsBlock, record: LogRecord) => string | null;

function createAdding(decode: Codec['decode']): AddTo {
  return (block, record) => {
    const decoded = decode(record.value);
    // As it was written: what the table keeps does not depend on the release that stored it.
    return decoded.ok ? block.add(eventsRow(decoded.written, record, decoded.text)) : decoded.reason;
  };
}

/** The rows of an announced batch are those of whoever announced it, for ClickHouse may have them under its token. */
function addAsAnnounced(
  block: EventsBlock,
  record: LogRecord,
  announced: Intent,
  addTo: AddTo,
): string | null {
  const wasRefused = isRefused(announced, record.offset);
  if (wasRefused === true) {
    return addTo(createEventsBlock(), record) ?? READABLE_NOW;
  }
  const reason = addTo(block, record);
  if (reason === null || wasRefused === undefined) return reason;
  const { topic, partition, offset } = record;
  throw new UserError(
    'sink.other-release',
    `A release of schema ${announced.schema ?? 'unknown'} was storing ${topic}/${partition}/${offset} when it ended; this one (schema ${EVENTS_SCHEMA}) can't read that record: ${reason}.`,
    'Start the release that ran before once more until its batch is stored, then this one.',
  );
}

const READABLE_NOW =
  'expected an event that the release of that time could read; this one can, so it may be replayed';

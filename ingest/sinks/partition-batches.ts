import type { Batch, LogRecord } from '../log/event-log.ts';
import { readIntent, type Intent } from './intent.ts';

/** Consecutive records of one partition that are one insert. */
export interface Cut {
  readonly records: readonly LogRecord[];
  /** What was announced for just these records, by this process or the one before it. */
  readonly announced: Intent | undefined;
}

/**
 * Cuts what the log hands over into the batches that are inserted. Normally that is the batch as it came, in pieces of a
 * bearable size; after a restart in the middle of an insert the first one is exactly what had been announced, however the
 * log cuts it this time.
 */
export interface PartitionBatches {
  /** The batches that can be inserted now, in order. Records of an announced batch are held until its last is there. */
  cut(batch: Batch): readonly Cut[];
}

export function createPartitionBatches(maxRows: number): PartitionBatches {
  let held: readonly LogRecord[] = [];
  return {
    cut(batch) {
      const begin = batch.records[0]!.offset;
      // A partition that was taken away and came back is delivered from its committed offset again.
      const records = [...held.filter(({ offset }) => offset < begin), ...batch.records];
      held = [];
      const intent = readIntent(batch.committed);
      if (intent === undefined) return pieces(records, maxRows);
      const announced = records.filter(({ offset }) => offset <= intent.through);
      if (announced.length === records.length && records.at(-1)!.offset < intent.through) {
        held = records;
        return [];
      }
      const rest = pieces(records.slice(announced.length), maxRows);
      return announced.length > 0 ? [{ records: announced, announced: intent }, ...rest] : rest;
    },
  };
}

function pieces(records: readonly LogRecord[], maxRows: number): readonly Cut[] {
  const count = Math.ceil(records.length / maxRows);
  return Array.from({ length: count }, (_, index) => ({
    records: records.slice(index * maxRows, (index + 1) * maxRows),
    announced: undefined,
  }));
}

import type { Batch, LogRecord } from '../log/event-log.ts';
import { readIntent } from './intent.ts';

/**
 * Cuts what the log hands over into the batches that are inserted. Normally that is the batch as it came; after a restart
 * in the middle of an insert the first one is exactly what had been announced, however the log cuts it this time.
 */
export interface PartitionBatches {
  /** The batches that can be inserted now, in order. Records of an announced batch are held until its last is there. */
  cut(batch: Batch): readonly (readonly LogRecord[])[];
}

export function createPartitionBatches(): PartitionBatches {
  let held: readonly LogRecord[] = [];
  return {
    cut(batch) {
      const begin = batch.records[0]!.offset;
      // A partition that was taken away and came back is delivered from its committed offset again.
      const records = [...held.filter(({ offset }) => offset < begin), ...batch.records];
      held = [];
      const intent = readIntent(batch.committed);
      if (intent === undefined) return [records];
      const announced = records.filter(({ offset }) => offset <= intent.through);
      if (announced.length === records.length && records.at(-1)!.offset < intent.through) {
        held = records;
        return [];
      }
      const rest = records.slice(announced.length);
      return [announced, rest].filter(({ length }) => length > 0);
    },
  };
}

import type { ConsumeOptions, NewRecord } from './event-log.ts';

/** The largest value of one record, in either log. */
const MAX_VALUE_BYTES = 1024 * 1024;

export function checkRecord({ topic, value }: NewRecord): void {
  if (value.byteLength > MAX_VALUE_BYTES) {
    throw new RangeError(
      `A record for ${topic} has ${value.byteLength} bytes; the event log takes up to ${MAX_VALUE_BYTES}.`,
    );
  }
}

export function checkConsumeOptions({ group, topics, maxRecords = 1, maxWaitMs = 0 }: ConsumeOptions): void {
  if (group === '' || topics.length === 0) throw new RangeError('A consumer needs a group and a topic.');
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
    throw new RangeError(`maxRecords should be a whole number of 1 or more, found ${maxRecords}.`);
  }
  if (!(maxWaitMs >= 0)) throw new RangeError(`maxWaitMs should be 0 or more, found ${maxWaitMs}.`);
}

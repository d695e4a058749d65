import type { EventLog, NewRecord } from './event-log.ts';
import { readTopic } from './read-topic.ts';

/** Clocks of ours and of brokers differ; so much earlier the search begins. */
const CLOCK_MARGIN_MS = 10 * 60_000;

/**
 * Which of these records the log does not hold. Asked before an append is tried again whose answer never came: a log
 * that took the records and died, or a process that died before it could note the answer, would else double them.
 * A record is found by its topic, key and bytes; events carry an id, so no two of them are alike.
 * @param sinceMs when the append was first tried, milliseconds since 1970
 * @returns the missing records in their order
 */
export async function missingRecords<Asked extends NewRecord>(
  log: Pick<EventLog, 'consume' | 'lag'>,
  records: readonly Asked[],
  sinceMs: number,
): Promise<readonly Asked[]> {
  const missing = new Map(records.map((record) => [identityOf(record), record]));
  for (const topic of new Set(records.map((record) => record.topic))) {
    await readTopic(
      log,
      topic,
      (record) => void missing.delete(identityOf(record)),
      sinceMs - CLOCK_MARGIN_MS,
    );
  }
  return [...missing.values()];
}

function identityOf({ topic, key, value }: NewRecord): string {
  return `${topic}\n${key}\n${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`;
}

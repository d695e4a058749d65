import { randomUUID } from 'node:crypto';
import type { EventLog, LogRecord } from './event-log.ts';

/**
 * Visits every record that a topic holds at the moment of the call, in the order of each partition, and returns at its
 * end; with `beginAtMs` only what the log took since. It reads as a group of its own that never commits, so nobody's place moves; a guest of the log may do it.
 */
export async function readTopic(
  log: Pick<EventLog, 'consume' | 'lag'>,
  topic: string,
  visit: (record: LogRecord) => void,
  beginAtMs?: number,
): Promise<void> {
  const group = `smart-store.reader.${randomUUID()}`;
  const lines = (await log.lag(group, beginAtMs)).filter((line) => line.topic === topic && line.lag > 0);
  const ends = new Map(lines.map(({ partition, endOffset }) => [partition, endOffset]));
  if (ends.size === 0) return;

  let finish: () => void;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const consumer = await log.consume({
    group,
    topics: [topic],
    ...(beginAtMs === undefined ? {} : { beginAtMs }),
    // eslint-disable-next-line @typescript-eslint/require-await -- a visitor that throws must reject, not throw
    async onBatch({ partition, records }) {
      const end = ends.get(partition);
      if (end === undefined) return;
      for (const record of records) if (record.offset < end) visit(record);
      if (records.at(-1)!.offset + 1 >= end) ends.delete(partition);
      if (ends.size === 0) finish();
    },
  });
  await Promise.race([finished, consumer.closed]);
  await consumer.close();
}

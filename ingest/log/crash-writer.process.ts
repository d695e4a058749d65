import { writeSync } from 'node:fs';
import { createLogger } from '../../runtime/logger.ts';
import { CRASH_GROUP, CRASH_TOPIC, crashValue } from './crash-record.ts';
import { openEmbeddedLog } from './embedded.ts';

/**
 * A process to be killed, for the crash test: writers append to keys of their own as fast as they can, a consumer commits,
 * and what was acknowledged is reported on standard output: `a WRITER NUMBER` (appended up to this number) and
 * `c PARTITION OFFSET` (committed). Started with the log's path and the next number of each writer as JSON.
 */
const [path = '', nextNumbers = '[]'] = process.argv.slice(2);
const log = openEmbeddedLog({ path, topics: [CRASH_TOPIC], logger: createLogger('event-log', 'silent') });
const report = (line: string) => writeSync(1, `${line}\n`);

await log.consume({
  group: CRASH_GROUP,
  topics: [CRASH_TOPIC.name],
  maxRecords: 50,
  async onBatch(batch) {
    const { partition, records } = batch;
    const nextOffset = records.at(-1)!.offset + 1;
    await batch.commit(nextOffset, `up to ${nextOffset}`);
    report(`c ${partition} ${nextOffset}`);
  },
});

const numbers = JSON.parse(nextNumbers) as number[];
for (const [writer, first] of numbers.entries()) void write(writer, first);

async function write(writer: number, first: number): Promise<void> {
  for (let number = first; ;) {
    const count = 1 + Math.floor(Math.random() * 20);
    const records = Array.from({ length: count }, (_, i) => ({
      topic: CRASH_TOPIC.name,
      key: `writer-${writer}`,
      value: crashValue(writer, number + i),
    }));
    await log.append(records);
    number += count;
    report(`a ${writer} ${number - 1}`);
  }
}

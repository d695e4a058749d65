import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import { CRASH_GROUP, CRASH_TOPIC, readCrashValue } from './crash-record.ts';
import { openEmbeddedLog } from './embedded.ts';
import type { PartitionLag } from './event-log.ts';
import { readTopic } from './read-topic.ts';

const KILLS = 12;
const WRITERS = 6;

/** What the killed process had acknowledged. */
interface Acknowledged {
  /** Writer → its last acknowledged number. */
  readonly appended: Map<number, number>;
  /** Partition → committed offset. */
  readonly committed: Map<number, number>;
}

test(`a process that is killed ${KILLS} times while it writes loses nothing it acknowledged`, async (ctx) => {
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-crash-'));
  ctx.onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'log.db');
  let next = new Array<number>(WRITERS).fill(0);

  for (let kill = 0; kill < KILLS; kill += 1) {
    const acknowledged = await writeUntilKilled(path, next, Math.random() * 300);
    expect(acknowledged.appended.size).toBeGreaterThan(0);

    const { counts, torn, disorder, lag } = await inspect(path);
    expect({ torn, disorder }).toEqual({ torn: 0, disorder: 0 });
    for (const [writer, number] of acknowledged.appended) {
      expect(counts[writer]).toBeGreaterThan(number);
    }
    for (const [partition, offset] of acknowledged.committed) {
      const line = lag.find((found) => found.partition === partition)!;
      expect(line.committedOffset).toBeGreaterThanOrEqual(offset);
      expect(line.committedOffset).toBeLessThanOrEqual(line.endOffset);
    }
    next = counts;
  }
});

async function writeUntilKilled(
  path: string,
  next: readonly number[],
  lifeMs: number,
): Promise<Acknowledged> {
  const child = startChild(
    new URL('./crash-writer.process.ts', import.meta.url),
    [path, JSON.stringify(next)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = once(child, 'close');
  const acknowledged: Acknowledged = { appended: new Map(), committed: new Map() };
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    // Its life is counted from its first word, so that it dies while writing and not while starting.
    timer ??= setTimeout(() => child.kill('SIGKILL'), lifeMs);
    const [kind, of, upTo] = line.split(' ');
    // The kill may cut the last line; then it was never acknowledged.
    if (upTo === undefined) continue;
    (kind === 'a' ? acknowledged.appended : acknowledged.committed).set(Number(of), Number(upTo));
  }
  clearTimeout(timer);
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

/** Opens the log as the next process would and reads all of it. */
async function inspect(
  path: string,
): Promise<{ counts: number[]; torn: number; disorder: number; lag: readonly PartitionLag[] }> {
  const log = openEmbeddedLog({ path, topics: [CRASH_TOPIC], logger: createLogger('event-log', 'silent') });
  try {
    const counts = new Array<number>(WRITERS).fill(0);
    let torn = 0;
    let disorder = 0;
    await readTopic(log, CRASH_TOPIC.name, ({ key, value }) => {
      const read = readCrashValue(value);
      if (read === null || key !== `writer-${read.writer}`) {
        torn += 1;
        return;
      }
      // Every number once and in its turn: no loss, no double, no swap.
      if (counts[read.writer] !== read.number) disorder += 1;
      counts[read.writer] = read.number + 1;
    });
    return { counts, torn, disorder, lag: await log.lag(CRASH_GROUP) };
  } finally {
    await log.close();
  }
}

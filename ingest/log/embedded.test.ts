import { copyFile, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../runtime/logger.ts';
import type { Topic } from '../topics.ts';
import { openEmbeddedLog, type EmbeddedLog } from './embedded.ts';
import type { LogRecord, NewRecord } from './event-log.ts';
import { partitionOf } from './partitioner.ts';
import { readTopic } from './read-topic.ts';
import { consumeUntil, recorder } from './recorder.ts';

const TOPIC: Topic = {
  name: 'test.v1',
  keyedBy: 'origin',
  partitions: 1,
  retentionDays: 30,
  why: 'a test of its own',
};
const WIDE: Topic = { ...TOPIC, name: 'test.wide.v1', partitions: 4 };
const DAY_MS = 86_400_000;
const logger = createLogger('event-log', 'silent');

let folder: string;
let path: string;
let opened: EmbeddedLog[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-store-log-'));
  path = join(folder, 'deep', 'log.db');
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((log) => log.close()));
  await rm(folder, { recursive: true });
});

function open(options: Partial<Parameters<typeof openEmbeddedLog>[0]> = {}): EmbeddedLog {
  const log = openEmbeddedLog({ path, topics: [TOPIC, WIDE], logger, ...options });
  opened.push(log);
  return log;
}

const some = (from: number, count: number, topic = TOPIC.name): NewRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    topic,
    key: `k${from + i}`,
    value: Buffer.from(`${from + i}`),
  }));

async function offsetsIn(log: EmbeddedLog): Promise<number[]> {
  const records: LogRecord[] = [];
  await readTopic(log, TOPIC.name, (record) => records.push(record));
  return records.map(({ offset }) => offset);
}

describe('keys', () => {
  test("go to the partition that Kafka's default partitioner picks", async () => {
    const keys = ['21', 'foobar', 'abc', 'visit-7'];
    const positions = await open().append(
      keys.map((key) => ({ topic: WIDE.name, key, value: new Uint8Array() })),
    );
    expect(positions.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOf(key, 4)));
  });

  test('a record above 1 MiB is refused and keeps no others from being stored', async () => {
    const log = open();
    const large = { topic: TOPIC.name, key: 'a', value: new Uint8Array(1024 * 1024 + 1) };
    const [refused, stored] = await Promise.allSettled([log.append([large]), log.append(some(0, 1))]);
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) as RangeError });
    expect(stored.status).toBe('fulfilled');
  });
});

describe('one owner', () => {
  test('a second one is told what to do', () => {
    open();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'log.in-use' }) as Error);
  });

  test('the next one may come when the first has left', async () => {
    await open().close();
    await open().append(some(0, 1));
  });
});

describe('a guest beside the owner', () => {
  test('reads what is there, and nobody moves by it', async () => {
    const owner = open();
    await owner.append(some(0, 3));
    expect(await offsetsIn(open({ access: 'guest' }))).toEqual([0, 1, 2]);
    expect(await owner.lag('any')).toContainEqual(expect.objectContaining({ committedOffset: 0, lag: 3 }));
  });

  test("appends behind the owner's records, and the owner's consumers notice", async () => {
    const owner = open();
    const guest = open({ access: 'guest' });
    await owner.append(some(0, 2));
    const seen = recorder();
    await owner.consume({ group: 'g', topics: [TOPIC.name], onBatch: seen.onBatch });
    await seen.until(2);
    expect(await guest.append(some(2, 1))).toEqual([{ topic: TOPIC.name, partition: 0, offset: 2 }]);
    await seen.until(3);
    expect(await owner.append(some(3, 1))).toMatchObject([{ offset: 3 }]);
  });

  test("can't commit, and can't remove", async () => {
    await open().append(some(0, 1));
    const guest = open({ access: 'guest' });
    const consumer = await guest.consume({
      group: 'g',
      topics: [TOPIC.name],
      onBatch: (batch) => batch.commit(1),
    });
    await expect(consumer.closed).rejects.toThrow(/guest/);
    await expect(guest.removeExpired()).rejects.toThrow(/owner/);
  });

  test('of a log that does not exist is told so, and makes none', async () => {
    expect(() => open({ access: 'guest' })).toThrow(
      expect.objectContaining({ code: 'log.missing' }) as Error,
    );
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  });
});

describe('retention', () => {
  let now = 0;
  const clock = () => now;

  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00Z');
  });

  test('removes whole ranges from the front and says who had not read them', async () => {
    const log = open({ clock });
    await log.append(some(0, 3000));
    now += 20 * DAY_MS;
    await log.append(some(3000, 5));
    const seen = recorder((batch) => batch.commit(1000));
    const consumer = await log.consume({ group: 'slow', topics: [TOPIC.name], onBatch: seen.onBatch });
    await seen.until(3005);
    await consumer.close();

    now += 11 * DAY_MS;
    expect(await log.removeExpired()).toEqual([
      { topic: TOPIC.name, partition: 0, removed: 3000, unreadBy: ['slow'] },
    ]);
    expect(await offsetsIn(log)).toEqual([3000, 3001, 3002, 3003, 3004]);
    expect(await log.lag('slow')).toContainEqual(
      expect.objectContaining({ committedOffset: 1000, endOffset: 3005, lag: 5 }),
    );
    const rest = await consumeUntil(log, { group: 'slow', topics: [TOPIC.name] }, 5);
    expect(rest[0]!.offset).toBe(3000);
  });

  test('never lets an offset be used again, not even when everything is gone', async () => {
    const first = open({ clock });
    await first.append(some(0, 10));
    now += 31 * DAY_MS;
    await first.removeExpired();
    expect(await offsetsIn(first)).toEqual([]);
    await first.close();
    const second = open({ clock });
    expect(await second.append(some(10, 1))).toMatchObject([{ offset: 10 }]);
    expect(await offsetsIn(second)).toEqual([10]);
  });

  test('a consumer in the middle of old records goes on with what is left', async () => {
    const log = open({ clock });
    await log.append(some(0, 10));
    const seen = recorder(async ({ records }) => {
      if (records[0]!.offset !== 0) return;
      now += 31 * DAY_MS;
      await log.removeExpired();
      await log.append(some(10, 2));
    });
    const consumer = await log.consume({
      group: 'g',
      topics: [TOPIC.name],
      maxRecords: 4,
      onBatch: seen.onBatch,
    });
    await seen.until(6);
    await consumer.close();
    expect(seen.records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 10, 11]);
  });

  test('leaves a partition alone where nothing is old enough', async () => {
    const log = open({ clock });
    await log.append(some(0, 3));
    now += 29 * DAY_MS;
    expect(await log.removeExpired()).toEqual([]);
    expect(await offsetsIn(log)).toEqual([0, 1, 2]);
  });
});

describe('a damaged file', () => {
  test.each([
    ['a changed byte', "UPDATE records SET value = CAST('torn' AS BLOB) WHERE value = CAST('5' AS BLOB)"],
    ['a changed key', "UPDATE records SET key = 'k6' WHERE key = 'k5'"],
    ['a missing record', "DELETE FROM records WHERE key = 'k5'"],
    ['missing records at the end', "DELETE FROM records WHERE key >= 'k5'"],
  ])('with %s ends the consumer before it, and says so', async (_, damage) => {
    const log = open();
    await log.append(some(0, 10));
    await log.close();
    const raw = new Database(path);
    raw.exec(damage);
    raw.close();

    const seen = recorder();
    const options = { group: 'g', topics: [TOPIC.name], maxRecords: 5, onBatch: seen.onBatch };
    const consumer = await open().consume(options);
    await expect(consumer.closed).rejects.toMatchObject({ code: 'log.damaged' });
    expect(seen.records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
  });

  test('cut off in the middle of a write gives back a whole beginning, wherever it was cut', async () => {
    const log = open();
    for (let i = 0; i < 30; i += 1) await log.append(some(i * 5, 5));
    const { size } = await stat(`${path}-wal`);
    let shorter = 0;
    for (let cut = 1; cut <= 20; cut += 1) {
      const copy = join(folder, `cut-${cut}.db`);
      await copyFile(path, copy);
      await copyFile(`${path}-wal`, `${copy}-wal`);
      await truncate(`${copy}-wal`, Math.floor((size * (10 + cut)) / 30) - 7);
      const offsets = await offsetsIn(open({ path: copy }));
      expect(offsets).toEqual(Array.from({ length: offsets.length }, (__, i) => i));
      expect(offsets.length % 5).toBe(0);
      if (offsets.length < 150) shorter += 1;
    }
    expect(shorter).toBeGreaterThan(10);
  });

  test('that is something else is never written to', async () => {
    path = join(folder, 'notes.db');
    const other = new Database(path);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'log.unreadable' }) as Error);
    await writeFile(path, 'no database at all '.repeat(200));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'log.unreadable' }) as Error);
  });

  test('of a newer release is left alone', async () => {
    await open().close();
    const raw = new Database(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'log.newer' }) as Error);
  });

  test('that is older than a group remembers ends that consumer', async () => {
    const log = open();
    await log.append(some(0, 5));
    await log.close();
    const raw = new Database(path);
    raw.exec(
      "INSERT INTO group_offsets VALUES ('g', (SELECT id FROM partitions WHERE topic = 'test.v1'), 9, '')",
    );
    raw.close();
    const consumer = await open().consume({ group: 'g', topics: [TOPIC.name], onBatch: recorder().onBatch });
    await expect(consumer.closed).rejects.toThrow(/older copy/);
  });
});

describe('partitions', () => {
  test('can be added', async () => {
    await open().close();
    const log = open({ topics: [{ ...TOPIC, partitions: 3 }, WIDE] });
    expect((await log.lag('g')).filter(({ topic }) => topic === TOPIC.name)).toHaveLength(3);
  });

  test('can not be taken away', async () => {
    await open().close();
    expect(() => open({ topics: [{ ...WIDE, partitions: 2 }] })).toThrow(
      expect.objectContaining({ code: 'log.partitions' }) as Error,
    );
  });
});

describe('committing', () => {
  test.each([-1, 0.5, 4])('an offset of %d of 3 records is refused', async (offset) => {
    const log = open();
    await log.append(some(0, 3));
    const consumer = await log.consume({
      group: 'g',
      topics: [TOPIC.name],
      onBatch: (batch) => batch.commit(offset),
    });
    await expect(consumer.closed).rejects.toThrow(RangeError);
  });

  test('is refused once the partition belongs to another consumer', async () => {
    const log = open();
    await log.append(some(0, 3));
    const seen = recorder();
    const consumer = await log.consume({ group: 'g', topics: [TOPIC.name], onBatch: seen.onBatch });
    await seen.until(3);
    await consumer.close();
    await expect(seen.batches[0]!.commit(3)).rejects.toThrow(/another consumer/);
  });

  test('a consumer without records lets the log close', async () => {
    const log = open();
    const consumer = await log.consume({ group: 'g', topics: [TOPIC.name], onBatch: recorder().onBatch });
    await log.close();
    await consumer.closed;
    await expect(log.append(some(0, 1))).rejects.toThrow(/closed/);
  });
});

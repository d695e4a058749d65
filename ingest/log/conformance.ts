import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topic } from '../topics.ts';
import type { Batch, EventLog, LogRecord, NewRecord } from './event-log.ts';
import { consumeUntil, eventually, pause, PATIENCE_MS, recorder, type Recorder } from './recorder.ts';

/** A log made for one test. */
export interface LogUnderTest {
  readonly log: EventLog;
  /** Closes the log and opens it again on the same data, as a restarted process would. */
  reopen(): Promise<EventLog>;
  /** Closes the log and removes its data. */
  cleanup(): Promise<void>;
}

/**
 * What every event log does, whichever adapter it is. Nothing here asks for more than Kafka gives: topics and groups get
 * names of their own in each test, `append` may be slow, and records may be delivered again when partitions change hands.
 * @param open makes a log that has these topics, empty
 */
export function describeEventLog(
  name: string,
  open: (topics: readonly Topic[]) => Promise<LogUnderTest>,
): void {
  describe(`${name} is an event log`, { timeout: 2 * PATIENCE_MS }, () => {
    let wide: string;
    let narrow: string;
    let group: string;
    let under: LogUnderTest;
    let log: EventLog;

    beforeEach(async () => {
      const id = randomUUID();
      wide = `conformance.wide.${id}`;
      narrow = `conformance.narrow.${id}`;
      group = `conformance.group.${id}`;
      under = await open([topicOf(wide, 4), topicOf(narrow, 1)]);
      log = under.log;
    });

    afterEach(() => under.cleanup());

    describe('appending', () => {
      test('answers where each record lies, in the order given', async () => {
        const first = await log.append([recordOf(narrow, 'a', '1'), recordOf(narrow, 'b', '2')]);
        const second = await log.append([recordOf(narrow, 'a', '3')]);
        expect([...first, ...second]).toEqual([
          { topic: narrow, partition: 0, offset: 0 },
          { topic: narrow, partition: 0, offset: 1 },
          { topic: narrow, partition: 0, offset: 2 },
        ]);
      });

      test('puts records of one key into one partition', async () => {
        const positions = await log.append(
          Array.from({ length: 40 }, (_, i) => recordOf(wide, `key-${i % 4}`, `${i}`)),
        );
        for (let key = 0; key < 4; key += 1) {
          const ofKey = positions.filter((_, i) => i % 4 === key);
          expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
        }
      });

      test('of nothing appends nothing', async () => {
        expect(await log.append([])).toEqual([]);
        expect(await log.lag(group)).toSatisfy((lines: { endOffset: number }[]) =>
          lines.every(({ endOffset }) => endOffset === 0),
        );
      });

      test('to a topic that does not exist is refused', async () => {
        await expect(log.append([recordOf(`${narrow}.none`, 'a', '1')])).rejects.toThrow(/topic/i);
      });

      test('many at once loses, doubles and reorders none', async () => {
        const writers = Array.from({ length: 20 }, async (_, writer) => {
          for (let i = 0; i < 20; i += 1) await log.append([recordOf(wide, `writer-${writer}`, `${i}`)]);
        });
        await Promise.all(writers);
        const records = await consumeUntil(log, { group, topics: [wide] }, 400);
        expect(records).toHaveLength(400);
        for (let writer = 0; writer < 20; writer += 1) {
          const values = records.filter(({ key }) => key === `writer-${writer}`).map(textOf);
          expect(values).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
        }
      });
    });

    describe('consuming', () => {
      test('gives back key, bytes, headers and time exactly', async () => {
        const before = Date.now();
        // A view into a larger buffer, bytes that are no text, and a key and header beyond ASCII.
        const value = randomBytes(64).subarray(16, 48);
        const headers = { reason: 'größer – 大', empty: '' };
        await log.append([{ topic: narrow, key: 'schlüssel', value, headers }]);
        const [record] = await consumeUntil(log, { group, topics: [narrow] }, 1);
        expect(record).toMatchObject({ topic: narrow, partition: 0, offset: 0, key: 'schlüssel', headers });
        expect(Buffer.from(record!.value)).toEqual(value);
        // Brokers have clocks of their own.
        expect(Math.abs(record!.appendedAtMs - before)).toBeLessThan(PATIENCE_MS);
      });

      test('gives back empty values and no headers', async () => {
        await log.append([{ topic: narrow, key: '', value: new Uint8Array() }]);
        const [record] = await consumeUntil(log, { group, topics: [narrow] }, 1);
        expect(record!.value).toHaveLength(0);
        expect(record!.headers).toEqual({});
      });

      test('takes records of 900 kB', async () => {
        const values = Array.from({ length: 6 }, () => randomBytes(900_000));
        for (const value of values) await log.append([{ topic: narrow, key: 'large', value }]);
        const records = await consumeUntil(log, { group, topics: [narrow] }, values.length);
        expect(records.map(({ value }) => Buffer.compare(value, values.shift()!))).toEqual([
          0, 0, 0, 0, 0, 0,
        ]);
      });

      test('begins a new group at the earliest record and goes on with what comes', async () => {
        await log.append([recordOf(narrow, 'a', 'old')]);
        const seen = recorder();
        const consumer = await log.consume({ group, topics: [narrow], onBatch: seen.onBatch });
        await seen.until(1);
        await log.append([recordOf(narrow, 'a', 'new')]);
        await seen.until(2);
        await consumer.close();
        expect(seen.records.map(textOf)).toEqual(['old', 'new']);
      });

      test('begins a new group at a time, when asked to, and one that has a place there', async () => {
        await log.append([recordOf(narrow, 'a', 'old')]);
        // Brokers have clocks of their own, so the time is one that the log itself has given.
        await pause(20);
        await log.append([recordOf(narrow, 'a', 'middle')]);
        const [, middle] = await consumeUntil(log, { group, topics: [narrow] }, 2);
        const beginAtMs = middle!.appendedAtMs;
        const timed = { group: `${group}.timed`, topics: [narrow], beginAtMs };
        const seen = recorder(commitAll);
        const consumer = await log.consume({ ...timed, onBatch: seen.onBatch });
        await log.append([recordOf(narrow, 'a', 'new')]);
        await seen.until(2);
        await consumer.close();
        await log.append([recordOf(narrow, 'a', 'last')]);
        expect(lineOf(await log.lag(group, beginAtMs), narrow)).toMatchObject({ committedOffset: 0, lag: 3 });
        expect(lineOf(await log.lag(timed.group, 0), narrow)).toMatchObject({ committedOffset: 3, lag: 1 });
        const again = await consumeUntil(log, { ...timed, beginAtMs: 0 }, 1);
        expect([...seen.records, ...again].map(textOf)).toEqual(['middle', 'new', 'last']);
      });

      test('begins a new group behind the last record when the time is later', async () => {
        await log.append([recordOf(narrow, 'a', 'old')]);
        const seen = recorder();
        const beginAtMs = Date.now() + PATIENCE_MS;
        const options = { group, topics: [narrow], maxWaitMs: 0, beginAtMs, onBatch: seen.onBatch };
        const consumer = await log.consume(options);
        await pause(200);
        await consumer.close();
        expect(seen.records).toEqual([]);
      });

      test('keeps the order of each partition, in batches of one partition', async () => {
        await log.append(Array.from({ length: 200 }, (_, i) => recordOf(wide, `key-${i % 16}`, `${i}`)));
        const seen = recorder();
        const consumer = await log.consume({ group, topics: [wide], maxRecords: 7, onBatch: seen.onBatch });
        await seen.until(200);
        await consumer.close();
        const next = new Map<number, number>();
        for (const { topic, partition, records } of seen.batches) {
          for (const record of records) {
            expect(record).toMatchObject({ topic, partition, offset: next.get(partition) ?? 0 });
            next.set(partition, record.offset + 1);
          }
        }
        expect([...next.values()].reduce((sum, count) => sum + count, 0)).toBe(200);
      });

      test('hands over no more than maxRecords and never an empty batch', async () => {
        await log.append(Array.from({ length: 50 }, (_, i) => recordOf(narrow, 'a', `${i}`)));
        const seen = recorder();
        const consumer = await log.consume({ group, topics: [narrow], maxRecords: 8, onBatch: seen.onBatch });
        await seen.until(50);
        await consumer.close();
        const sizes = seen.batches.map(({ records }) => records.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      });

      test('hands a small batch over after maxWaitMs', async () => {
        const seen = recorder();
        const options = { group, topics: [narrow], maxRecords: 1000, maxWaitMs: 50, onBatch: seen.onBatch };
        const consumer = await log.consume(options);
        await log.append([recordOf(narrow, 'a', 'alone')]);
        await seen.until(1);
        await consumer.close();
        expect(seen.batches).toHaveLength(1);
      });

      test('runs one batch of a consumer at a time', async () => {
        await log.append(Array.from({ length: 40 }, (_, i) => recordOf(wide, `key-${i}`, `${i}`)));
        let inHand = 0;
        let most = 0;
        const seen = recorder(async () => {
          inHand += 1;
          most = Math.max(most, inHand);
          await pause(2);
          inHand -= 1;
        });
        const consumer = await log.consume({ group, topics: [wide], maxRecords: 3, onBatch: seen.onBatch });
        await seen.until(40);
        await consumer.close();
        expect(most).toBe(1);
      });

      test('a topic that does not exist is refused', async () => {
        const onBatch = recorder().onBatch;
        await expect(log.consume({ group, topics: [`${narrow}.none`], onBatch })).rejects.toThrow(/topic/i);
      });
    });

    describe('groups', () => {
      test('each see every record', async () => {
        await log.append(Array.from({ length: 10 }, (_, i) => recordOf(wide, `key-${i}`, `${i}`)));
        const [one, two] = await Promise.all([
          consumeUntil(log, { group: `${group}.1`, topics: [wide] }, 10),
          consumeUntil(log, { group: `${group}.2`, topics: [wide] }, 10),
        ]);
        expect(one.map(textOf).sort()).toEqual(two.map(textOf).sort());
      });

      test('with two consumers share the partitions, and the second takes over when the first leaves', async () => {
        const first = recorder(commitAll);
        const second = recorder(commitAll);
        const one = await log.consume({ group, topics: [wide], onBatch: first.onBatch });
        const two = await log.consume({ group, topics: [wide], onBatch: second.onBatch });
        let appended = 0;
        const appendSome = async () => {
          await log.append(
            Array.from({ length: 16 }, (_, i) => recordOf(wide, `key-${i}`, `${appended + i}`)),
          );
          appended += 16;
        };
        await eventually('both consumers have records', async () => {
          await appendSome();
          await pause(20);
          return first.records.length > 0 && second.records.length > 0;
        });
        await one.close();
        const firstHad = first.records.length;
        await appendSome();
        await eventually('the second has what the first left', () =>
          Promise.resolve(valuesOf(first, second).size === appended),
        );
        await two.close();
        expect(first.records).toHaveLength(firstHad);
      });

      test('go on after a reopening where they committed, with the note they left', async () => {
        await log.append(Array.from({ length: 10 }, (_, i) => recordOf(narrow, 'a', `${i}`)));
        const seen = recorder((batch) => batch.commit(4, 'four are in the table'));
        const consumer = await log.consume({ group, topics: [narrow], onBatch: seen.onBatch });
        await seen.until(10);
        await consumer.close();

        const reopened = await under.reopen();
        const again = recorder();
        const next = await reopened.consume({ group, topics: [narrow], onBatch: again.onBatch });
        await again.until(6);
        await next.close();
        expect(again.batches[0]!.committed).toEqual({ nextOffset: 4, metadata: 'four are in the table' });
        expect(again.records.map(({ offset }) => offset)).toEqual([4, 5, 6, 7, 8, 9]);
      });

      test('get what they never committed again after a reopening', async () => {
        await log.append([recordOf(narrow, 'a', '1'), recordOf(narrow, 'a', '2')]);
        expect(await consumeUntil(log, { group, topics: [narrow] }, 2)).toHaveLength(2);
        const again = await consumeUntil(await under.reopen(), { group, topics: [narrow] }, 2);
        expect(again.map(textOf)).toEqual(['1', '2']);
      });

      test('see in a batch what they had committed before it', async () => {
        await log.append(Array.from({ length: 4 }, (_, i) => recordOf(narrow, 'a', `${i}`)));
        const seen = recorder((batch) => batch.commit(endOf(batch), `up to ${endOf(batch)}`));
        const options = { group, topics: [narrow], maxRecords: 1, onBatch: seen.onBatch };
        const consumer = await log.consume(options);
        await seen.until(4);
        await consumer.close();
        for (const { committed, records } of seen.batches) {
          const { offset } = records[0]!;
          const metadata = offset === 0 ? '' : `up to ${offset}`;
          expect(committed).toEqual({ nextOffset: offset, metadata });
        }
      });

      test('know how far they are behind', async () => {
        await log.append(Array.from({ length: 5 }, (_, i) => recordOf(narrow, 'a', `${i}`)));
        expect(lineOf(await log.lag(group), narrow)).toMatchObject({
          committedOffset: 0,
          endOffset: 5,
          lag: 5,
        });
        const seen = recorder((batch) => batch.commit(3));
        const consumer = await log.consume({ group, topics: [narrow], onBatch: seen.onBatch });
        await seen.until(5);
        await consumer.close();
        expect(lineOf(await log.lag(group), narrow)).toEqual({
          topic: narrow,
          partition: 0,
          committedOffset: 3,
          endOffset: 5,
          lag: 2,
        });
      });

      test('have a line of lag for every partition', async () => {
        const lines = (await log.lag(group)).filter(({ topic }) => topic === wide);
        expect(lines.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
      });
    });

    describe('ending', () => {
      test('a handler that rejects ends its consumer, and the batch comes again', async () => {
        await log.append([recordOf(narrow, 'a', '1')]);
        const failing = await log.consume({
          group,
          topics: [narrow],
          onBatch: () => Promise.reject(new Error('the table is gone')),
        });
        await expect(failing.closed).rejects.toThrow('the table is gone');
        await failing.close();
        expect(await consumeUntil(log, { group, topics: [narrow] }, 1)).toHaveLength(1);
      });

      test('closing a consumer waits for the batch in hand and delivers none after it', async () => {
        await log.append(Array.from({ length: 4 }, (_, i) => recordOf(narrow, 'a', `${i}`)));
        let done = 0;
        const seen = recorder(async (batch) => {
          await pause(100);
          await commitAll(batch);
          done += 1;
        });
        const consumer = await log.consume({ group, topics: [narrow], maxRecords: 1, onBatch: seen.onBatch });
        await eventually('a batch is in hand', () => Promise.resolve(seen.batches.length > 0));
        await consumer.close();
        await consumer.closed;
        const delivered = seen.batches.length;
        expect(done).toBe(delivered);
        await log.append([recordOf(narrow, 'a', 'late')]);
        await pause(50);
        expect(seen.batches).toHaveLength(delivered);
        expect(lineOf(await log.lag(group), narrow)).toMatchObject({ committedOffset: delivered });
      });

      test('closing the log lets the batch in hand append and commit, then refuses', async () => {
        await log.append([recordOf(narrow, 'a', '1')]);
        const seen = recorder(async (batch) => {
          await pause(100);
          await log.append([recordOf(wide, 'a', 'what came of it')]);
          await commitAll(batch);
        });
        const consumer = await log.consume({ group, topics: [narrow], onBatch: seen.onBatch });
        await eventually('the batch is in hand', () => Promise.resolve(seen.batches.length === 1));
        await log.close();
        await consumer.closed;
        await expect(log.append([recordOf(narrow, 'a', '2')])).rejects.toThrow(/closed/i);

        const reopened = await under.reopen();
        expect(lineOf(await reopened.lag(group), narrow)).toMatchObject({ committedOffset: 1, lag: 0 });
        expect((await consumeUntil(reopened, { group, topics: [wide] }, 1)).map(textOf)).toEqual([
          'what came of it',
        ]);
      });

      test('closing twice is closing once', async () => {
        const consumer = await log.consume({ group, topics: [narrow], onBatch: recorder().onBatch });
        await Promise.all([consumer.close(), consumer.close()]);
        await Promise.all([log.close(), log.close()]);
      });
    });
  });
}

function topicOf(name: string, partitions: number): Topic {
  return { name, keyedBy: 'origin', partitions, retentionDays: 1, why: 'a test of its own' };
}

function recordOf(topic: string, key: string, text: string): NewRecord {
  return { topic, key, value: Buffer.from(text) };
}

const textOf = ({ value }: LogRecord): string => Buffer.from(value).toString();

const endOf = ({ records }: Batch): number => records.at(-1)!.offset + 1;

const commitAll = (batch: Batch): Promise<void> => batch.commit(endOf(batch));

const lineOf = (lines: Awaited<ReturnType<EventLog['lag']>>, topic: string) =>
  lines.find((line) => line.topic === topic);

function valuesOf(...recorders: Recorder[]): ReadonlySet<string> {
  return new Set(recorders.flatMap(({ records }) => records.map(textOf)));
}

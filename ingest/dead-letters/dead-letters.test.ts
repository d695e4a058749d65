import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../runtime/logger.ts';
import { createDeadLetterDesk } from './desk.ts';
import { surveyDeadLetters } from './survey.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../log/embedded.ts';
import type { LogRecord } from '../log/event-log.ts';
import { consumeUntil } from '../log/recorder.ts';
import { listCommand, replayCommand, showCommand } from './commands.ts';
import { deadLetterRecord } from './dead-letter.ts';
import { listDeadLetters, replayDeadLetters, showDeadLetter } from './dead-letters.ts';

const PRESENCE = 'store.presence.v1';
const logger = createLogger('event-log', 'silent');
/** Bytes that are neither text nor JSON: they must come back exactly. */
const BYTES = randomBytes(300);

let folder: string;
let path: string;
let log: EmbeddedLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-store-dead-letters-'));
  path = join(folder, 'log.db');
  log = openEmbeddedLog({ path, logger });
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

/** Appends a record and has it refused, as a sink would. */
async function refuse(key: string, value: Uint8Array, reason: string): Promise<LogRecord> {
  const [position] = await log.append([{ topic: PRESENCE, key, value, headers: { 'content-type': 'x/y' } }]);
  const { endOffset } = (await log.lag('refusing')).find(
    ({ topic, partition }) => topic === PRESENCE && partition === position!.partition,
  )!;
  expect(endOffset).toBe(position!.offset + 1);
  const records = await consumeUntil(log, { group: 'refusing', topics: [PRESENCE] }, position!.offset + 1);
  const record = records.find(
    ({ partition, offset }) => partition === position!.partition && offset === position!.offset,
  )!;
  await log.append([deadLetterRecord(record, reason)]);
  return record;
}

const idOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}/${offset}`;

async function inPresence(count: number): Promise<readonly LogRecord[]> {
  return consumeUntil(log, { group: `count-${count}`, topics: [PRESENCE] }, count);
}

describe('a dead letter', () => {
  test('keeps bytes, reason, place, key, headers and time of what was refused', async () => {
    const record = await refuse('visit-1', BYTES, 'expected UTF-8');
    const letter = await showDeadLetter(log, idOf(record));
    expect(letter).toMatchObject({
      id: idOf(record),
      reason: 'expected UTF-8',
      origin: {
        topic: PRESENCE,
        partition: record.partition,
        offset: record.offset,
        key: 'visit-1',
        headers: { 'content-type': 'x/y' },
        appendedAtMs: record.appendedAtMs,
      },
      sizeBytes: 300,
      replayedAtMs: null,
    });
    expect(Buffer.compare(letter.value, BYTES)).toBe(0);
  });

  test('is one letter, even when a sink that was killed refuses the record again', async () => {
    const record = await refuse('visit-1', BYTES, 'expected UTF-8');
    await log.append([deadLetterRecord(record, 'expected UTF-8')]);
    expect(await listDeadLetters(log)).toHaveLength(1);
  });

  test('that nobody has is a mistake that says how to find the right one', async () => {
    await expect(showDeadLetter(log, 'store.presence.v1/0/99')).rejects.toMatchObject({
      code: 'dead-letters.unknown',
    });
  });
});

describe('replaying', () => {
  test('puts the original bytes, key and headers back and says where they come from', async () => {
    const record = await refuse('visit-1', BYTES, 'expected UTF-8');
    const report = await replayDeadLetters(log, [idOf(record)]);
    expect(report).toMatchObject({
      replayed: [{ id: idOf(record), to: { topic: PRESENCE, partition: record.partition } }],
      skipped: [],
    });
    const [, back] = await inPresence(2);
    expect(back).toMatchObject({
      key: 'visit-1',
      headers: { 'content-type': 'x/y', 'replay-of': idOf(record) },
    });
    expect(Buffer.compare(back!.value, BYTES)).toBe(0);
  });

  test('twice, or all after one, doubles nothing', async () => {
    const first = await refuse('visit-1', Buffer.from('1'), 'no');
    await replayDeadLetters(log, [idOf(first), idOf(first)]);
    const again = await replayDeadLetters(log, [idOf(first)]);
    expect(again).toMatchObject({
      replayed: [],
      skipped: [{ id: idOf(first), why: expect.stringMatching(/^replayed on 20/) as string }],
    });
    expect(await replayDeadLetters(log, 'all')).toEqual({ replayed: [], skipped: [] });
    expect(await inPresence(2)).toHaveLength(2);
  });

  test('what is refused once more is a new letter with its history', async () => {
    const record = await refuse('visit-1', BYTES, 'no');
    await replayDeadLetters(log, 'all');
    const [, back] = await inPresence(2);
    await log.append([deadLetterRecord(back!, 'no, still')]);
    const letters = await listDeadLetters(log);
    expect(letters.map(({ reason, replayedAtMs }) => [reason, replayedAtMs !== null])).toEqual([
      ['no', true],
      ['no, still', false],
    ]);
    expect(letters[1]!.origin.headers['replay-of']).toBe(idOf(record));
  });

  test('keeps the order of one key, also over many letters', async () => {
    const origin = await refuse('visit-1', Buffer.from('0'), 'no');
    // 1,200 records of one partition, refused one after the other.
    const letters = Array.from({ length: 1200 }, (_, i) =>
      deadLetterRecord({ ...origin, offset: 10_000 + i, value: Buffer.from(String(i)) }, 'no'),
    );
    await log.append(letters);
    const { replayed } = await replayDeadLetters(log, 'all');
    expect(replayed).toHaveLength(1201);
    const back = (await inPresence(1202)).slice(2);
    expect(back.map(({ value }) => Number(Buffer.from(value)))).toEqual(letters.map((_, i) => i));
  });

  test('leaves a letter alone whose topic is no more', async () => {
    const record = await refuse('visit-1', BYTES, 'no');
    await log.append([deadLetterRecord({ ...record, topic: 'store.old.v1' }, 'no')]);
    const id = `store.old.v1/${record.partition}/${record.offset}`;
    expect(await replayDeadLetters(log, [id])).toMatchObject({
      replayed: [],
      skipped: [{ id, why: 'the log has no topic store.old.v1 any more' }],
    });
  });

  test('works from a guest opening while the store has the log open', async () => {
    await refuse('visit-1', BYTES, 'no');
    const guest = openEmbeddedLog({ path, access: 'guest', logger });
    try {
      expect((await replayDeadLetters(guest, 'all')).replayed).toHaveLength(1);
    } finally {
      await guest.close();
    }
    expect(await inPresence(2)).toHaveLength(2);
  });
});

describe('the survey', () => {
  test('holds no more than it may, the newest, and counts the rest', async () => {
    const origin = await refuse('visit-1', BYTES, 'no');
    await log.append([1, 2, 3, 4].map((n) => deadLetterRecord({ ...origin, offset: 10 + n }, `reason ${n}`)));
    const { letters, older } = await surveyDeadLetters(log, 3);
    expect(letters.map(({ reason }) => reason)).toEqual(['reason 4', 'reason 3', 'reason 2']);
    expect(older).toBe(2);
  });

  test('is asked again only when there is something new', async () => {
    await refuse('visit-1', BYTES, 'no');
    const desk = createDeadLetterDesk(log);
    const first = await desk.survey();
    expect(await desk.survey()).toBe(first);
    await desk.replay({ reason: 'another' });
    expect(await desk.survey()).toBe(first);
    await desk.replay({ reason: 'no' });
    expect((await desk.survey()).letters.map(({ replayedAtMs }) => replayedAtMs !== null)).toEqual([true]);
  });
});

describe('the command', () => {
  async function answer(json: boolean, run: (output: Parameters<typeof listCommand>[2]) => Promise<void>) {
    let text = '';
    await run({ json, write: (part) => (text += part) });
    return text;
  }

  test('list says that nothing waits', async () => {
    expect(await answer(false, (output) => listCommand(log, false, output))).toBe('No dead letters wait.\n');
  });

  test('list names what waits and why; replayed ones only on request', async () => {
    const record = await refuse('visit-1', BYTES, 'expected JSON, found text of 9 characters that is not');
    const text = await answer(false, (output) => listCommand(log, false, output));
    expect(text).toContain(idOf(record));
    expect(text).toContain('expected JSON, found text of 9 characters that is not');
    await replayDeadLetters(log, 'all');
    const waiting = JSON.parse(await answer(true, (output) => listCommand(log, false, output))) as unknown;
    expect(waiting).toEqual({ deadLetters: [] });
    const all = JSON.parse(await answer(true, (output) => listCommand(log, true, output))) as unknown;
    expect(all).toMatchObject({
      deadLetters: [{ id: idOf(record), replayedAt: expect.stringMatching(/Z$/) as string }],
    });
  });

  test('show --json carries the bytes exactly', async () => {
    const record = await refuse('visit-1', BYTES, 'no');
    const shown: unknown = JSON.parse(await answer(true, (output) => showCommand(log, idOf(record), output)));
    expect(shown).toMatchObject({ valueBase64: BYTES.toString('base64'), valueText: null });
  });

  test('show spells control characters out, so that a letter can not steer the terminal', async () => {
    const record = await refuse('visit-1', Buffer.from('red: \u001b[31m'), 'no');
    const text = await answer(false, (output) => showCommand(log, idOf(record), output));
    expect(text).toContain('red: \\u{1b}[31m');
    expect(text).not.toContain('\u001b');
  });

  test('replay says what went where', async () => {
    const record = await refuse('visit-1', BYTES, 'no');
    const text = await answer(false, (output) => replayCommand(log, 'all', output));
    expect(text).toBe(`${idOf(record)} is back as ${PRESENCE}/${record.partition}/1\n1 replayed, 0 left.\n`);
  });
});

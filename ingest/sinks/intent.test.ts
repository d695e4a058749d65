import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../log/event-log.ts';
import { EVENTS_SCHEMA } from './events-table.ts';
import { deduplicationToken, intentNote, isRefused, readIntent } from './intent.ts';

const record = (offset: number, value: string): LogRecord => ({
  topic: 'store.presence.v1',
  partition: 2,
  offset,
  key: 'k',
  value: Buffer.from(value),
  headers: {},
  appendedAtMs: 0,
});

describe('what the sink notes before an insert', () => {
  test('is read back as it was written', () => {
    expect(readIntent({ metadata: intentNote(9, []) })).toEqual({
      through: 9,
      schema: EVENTS_SCHEMA,
      refused: [],
    });
  });

  test('names the records that are no rows, neighbours as one range', () => {
    const intent = readIntent({ metadata: intentNote(20, [3, 4, 5, 9, 20]) })!;
    expect(intent.refused).toEqual([
      [3, 5],
      [9, 9],
      [20, 20],
    ]);
    expect([2, 3, 5, 6, 9, 20].map((offset) => isRefused(intent, offset))).toEqual([
      false,
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  test('is nothing when no insert was under way', () => {
    expect(readIntent({ metadata: '' })).toBeUndefined();
  });

  test('is understood as the first release wrote it, which did not say what it left out', () => {
    const intent = readIntent({ metadata: 'insert-through:9' })!;
    expect(intent).toEqual({ through: 9, schema: null, refused: null });
    expect(isRefused(intent, 5)).toBeUndefined();
  });

  test.each([
    'insert-through:',
    'insert-through:x',
    'insert-through:1.5',
    'something of a later release',
    '7',
    '{"through":9}',
    '{"through":-1,"schema":1,"refused":[]}',
    '{"through":9,"schema":1,"refused":[3]}',
  ])('is never guessed at: "%s"', (metadata) => {
    expect(() => readIntent({ metadata })).toThrow(/can't read/);
  });
});

describe('the token of a batch', () => {
  const batch = [record(5, 'a'), record(6, 'b'), record(7, 'c')];

  test('is the same for the same records', () => {
    expect(deduplicationToken(batch)).toBe(deduplicationToken(batch.map((one) => ({ ...one }))));
    expect(deduplicationToken(batch)).toMatch(/^store\.presence\.v1:2:5:7:[0-9a-f]{16}$/);
  });

  test.each([
    ['a batch that ends earlier', batch.slice(0, 2)],
    ['a batch that begins later', batch.slice(1)],
    ['the same offsets of another log', [record(5, 'x'), record(6, 'b'), record(7, 'c')]],
  ])('is another one for %s', (_what, other) => {
    expect(deduplicationToken(other)).not.toBe(deduplicationToken(batch));
  });
});

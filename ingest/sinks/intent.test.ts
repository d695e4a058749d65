import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../log/event-log.ts';
import { deduplicationToken, intentNote, readIntent } from './intent.ts';

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
    expect(readIntent({ nextOffset: 5, metadata: intentNote({ through: 9 }) })).toEqual({ through: 9 });
  });

  test('is nothing when no insert was under way', () => {
    expect(readIntent({ nextOffset: 5, metadata: '' })).toBeUndefined();
  });

  test.each(['insert-through:', 'insert-through:x', 'insert-through:1.5', 'something of a later release'])(
    'is never guessed at: "%s"',
    (metadata) => {
      expect(() => readIntent({ nextOffset: 5, metadata })).toThrow(/can't read/);
    },
  );
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

import { describe, expect, test } from 'vitest';
import { utcMs } from './utc-ms.ts';

describe('a time as milliseconds since 1970', () => {
  test.each([
    '1970-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '1900-01-01T00:00:00.000Z',
    '1900-02-28T12:00:00.001Z',
    '2000-02-29T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2026-11-22T07:46:45.123Z',
    '2026-12-31T23:59:59.999Z',
    '2299-12-31T23:59:59.999Z',
  ])('%s', (text) => expect(utcMs(text)).toBe(Date.parse(text)));

  test('agrees with the calendar of the machine on every day of four centuries', () => {
    for (let day = Date.parse('1900-01-01'); day < Date.parse('2300-01-01'); day += 86_400_000) {
      const text = new Date(day).toISOString();
      if (utcMs(text) !== day) expect(text).toBe('read like the machine does');
    }
  });

  test.each([
    '2026-13-22T00:00:00.000Z',
    '2026-00-22T00:00:00.000Z',
    '2026-11-31T00:00:00.000Z',
    '2026-11-00T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '2100-02-29T00:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '2026-11-22T10:60:00.000Z',
    '2026-11-22T10:00:60.000Z',
    '1899-12-31T23:59:59.999Z',
    '2300-01-01T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
  ])('there is no %s', (text) => expect(utcMs(text)).toBeNull());
});

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

  test.each([
    ['1900-01-01', '1905-01-01'],
    ['1999-01-01', '2005-01-01'],
    ['2099-01-01', '2105-01-01'],
  ])('agrees with the calendar of the machine on every day from %s to %s', (from, to) => {
    for (let day = Date.parse(from); day < Date.parse(to); day += 86_400_000) {
      expect(utcMs(new Date(day).toISOString())).toBe(day);
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

import { describe, expect, it } from 'vitest';
import { createStoreFormat, pageLocale } from './store-format.ts';

const berlin = createStoreFormat('en-GB', 'Europe/Berlin');
const noon = new Date('2026-11-22T11:05:07.000Z');

describe('how the page says things', () => {
  it('says times by the clock of the store, wherever the reader is', () => {
    expect(berlin.clock(noon)).toBe('12:05');
    expect(berlin.clockSeconds(noon)).toBe('12:05:07');
    expect(berlin.hour(noon)).toBe('12');
    expect(berlin.day(new Date('2026-11-22T23:30:00.000Z'))).toBe('Monday 23 November');
    expect(createStoreFormat('en-GB', 'America/New_York').clock(noon)).toBe('06:05');
  });

  it('says numbers as the reader writes them', () => {
    expect(berlin.count(1234)).toBe('1,234');
    expect(createStoreFormat('de-DE', 'Europe/Berlin').count(1234)).toBe('1.234');
    expect(berlin.distance(0.3)).toBe('0.300');
    expect(berlin.share(0.424)).toBe('42%');
  });

  it.each([
    [['de-DE', 'en-US', 'en'], 'en-US'],
    [['en-AU'], 'en-AU'],
    [['fr', 'enm'], 'en-GB'],
    [[], 'en-GB'],
  ])('to a reader of %o it speaks %s', (preferred, locale) => {
    expect(pageLocale(preferred)).toBe(locale);
  });

  it.each([
    [0, '0 ms'],
    [83.6, '84 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1240, '1.2 s'],
  ])('a latency of %f ms is %s', (ms, said) => {
    expect(berlin.latency(ms).replace('\u00a0', ' ')).toBe(said);
  });

  it.each([
    [12.4, '12 s'],
    [59.6, '1 min'],
    [600, '10 min'],
    [3599, '1 h'],
    [7500, '2 h 5 min'],
  ])('%f seconds last %s', (seconds, said) => {
    expect(berlin.duration(seconds).replaceAll('\u00a0', ' ')).toBe(said);
  });
});

import { describe, expect, it } from 'vitest';
import type { HourOfVisits } from '../../analytics/api/schemas/visits-by-hour.ts';
import { hourChart, niceTicks } from './hour-bars.ts';

const asOf = '2026-11-22T12:30:00.000Z';
const hour = (
  hourUtc: string,
  visits: number | null,
  recognised: number | null = visits === null ? null : 0,
  watchedShare: number | null = 1,
): HourOfVisits => ({ startsAt: `2026-11-22T${hourUtc}:00:00.000Z`, visits, recognised, watchedShare });

describe('an hour in the chart', () => {
  it.each([
    // what, hour, kind, current, partial
    ['nobody watched', hour('08', null, null, 0), 'no-data', false, false],
    ['watched, nobody came', hour('09', 0), 'zero', false, false],
    ['watched, some came', hour('10', 5), 'counted', false, false],
    ['watched half of it', hour('11', 5, 1, 0.5), 'counted', false, true],
    ['a reconnect is no gap', hour('11', 5, 1, 0.99), 'counted', false, false],
    ['running now', hour('12', 2), 'counted', true, false],
    ['not begun', hour('13', null, null, null), 'future', false, false],
  ])('%s', (_what, given, kind, current, partial) => {
    expect(hourChart([given], asOf).bars[0]).toMatchObject({ kind, current, partial });
  });

  it('is as high as its part of the highest line, and its recognised part is never higher', () => {
    const { bars, ticks } = hourChart([hour('09', 4, 1), hour('10', 2, 3)], asOf);
    expect(ticks).toEqual([0, 1, 2, 3, 4]);
    expect(bars.map(({ height, recognisedHeight }) => [height, recognisedHeight])).toEqual([
      [1, 0.25],
      [0.5, 0.5],
    ]);
  });
});

describe('a day in the chart', () => {
  it('draws hours without data that follow each other as one gap', () => {
    const day = [
      hour('06', null, null, 0),
      hour('07', null, null, 0),
      hour('08', 1),
      hour('09', null, null, 0),
    ];
    expect(hourChart(day, asOf).gaps).toEqual([
      { first: 0, last: 1 },
      { first: 3, last: 3 },
    ]);
  });

  it('is empty when nobody came, also where nobody looked', () => {
    expect(hourChart([hour('06', null, null, 0), hour('07', 0)], asOf).empty).toBe(true);
    expect(hourChart([hour('07', 1)], asOf).empty).toBe(false);
  });
});

describe('the lines of the chart', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [24, [0, 10, 20, 30]],
    [400, [0, 100, 200, 300, 400]],
  ])('up to %i', (greatest, ticks) => {
    expect(niceTicks(greatest)).toEqual(ticks);
  });
});

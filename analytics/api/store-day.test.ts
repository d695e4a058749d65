import { describe, expect, it } from 'vitest';
import { isCalendarDay, localDay, startOfLocalDay } from './store-day.ts';

describe('the day of a store', () => {
  it.each([
    // zone, now, its day, when that began
    ['Europe/Berlin', '2026-11-22T12:00:00.000Z', '2026-11-22', '2026-11-21T23:00:00.000Z'],
    ['Europe/Berlin', '2026-11-21T23:30:00.000Z', '2026-11-22', '2026-11-21T23:00:00.000Z'],
    ['Europe/Berlin, clocks forward', '2026-03-29T20:00:00.000Z', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin, clocks back', '2026-10-25T20:00:00.000Z', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-22T12:00:00.000Z', '2026-11-22', '2026-11-21T18:30:00.000Z'],
    ['America/New_York', '2026-11-22T03:00:00.000Z', '2026-11-21', '2026-11-21T05:00:00.000Z'],
    ['America/Santiago, no midnight', '2026-09-06T20:00:00.000Z', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    ['UTC', '2026-11-22T00:00:00.000Z', '2026-11-22', '2026-11-22T00:00:00.000Z'],
  ])('%s at %s is %s, which began %s', (place, now, day, began) => {
    const timeZone = place.split(',')[0] ?? place;
    expect(localDay(new Date(now), timeZone)).toBe(day);
    expect(startOfLocalDay(new Date(now), timeZone).toISOString()).toBe(began);
  });

  it.each([
    ['2026-02-28', true],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2024-02-29', true],
  ])('%s is a day of the calendar: %s', (day, real) => {
    expect(isCalendarDay(day)).toBe(real);
  });
});

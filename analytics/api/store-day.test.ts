import { describe, expect, it } from 'vitest';
import { instantOfLocal, isCalendarDay, localDay, startOfLocalDay } from './store-day.ts';

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

  it.each([
    ['Europe/Berlin', '2026-11-22T09:30', '2026-11-22T08:30:00.000Z'],
    ['Europe/Berlin, twice', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin, after both', '2026-10-25T03:30', '2026-10-25T02:30:00.000Z'],
    ['Europe/Berlin, never', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin, just changed', '2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
    ['Asia/Kolkata', '2026-11-22T00:00', '2026-11-21T18:30:00.000Z'],
  ])('clocks in %s show %s at %s', (place, local, instant) => {
    expect(instantOfLocal(local, place.split(',')[0] ?? place).toISOString()).toBe(instant);
  });
});

import { expect, test } from 'vitest';
import { createUtcOffset, ntpToUtcMs } from './clock.ts';

test('the millisecond steps of the wall clock do not shake capture times', () => {
  const offset = createUtcOffset();
  expect([1000, 1001, 999, 1012].map((jitterMs) => offset(jitterMs + 5_000_000, 5_000_000))).toEqual([
    1000, 1000, 1000, 1000,
  ]);
});

test('when someone sets the wall clock, capture times follow', () => {
  const offset = createUtcOffset();
  expect(offset(1_000_000, 0)).toBe(1_000_000);
  expect(offset(4_600_100, 100)).toBe(4_600_000);
});

test.each([
  ['1970-01-01T00:00:00.000Z', 2_208_988_800n * 1_000_000_000n],
  ['2026-11-22T09:00:00.250Z', (2_208_988_800n + 1_795_338_000n) * 1_000_000_000n + 250_000_000n],
])('%s in nanoseconds since 1900 (NTP)', (iso, ntpNs) => {
  expect(new Date(ntpToUtcMs(ntpNs) ?? NaN).toISOString()).toBe(iso);
});

test('no time is no time', () => {
  expect(ntpToUtcMs(0xffff_ffff_ffff_ffffn)).toBeUndefined();
});

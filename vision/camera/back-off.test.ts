import { expect, test } from 'vitest';
import { createBackOff } from './back-off.ts';

const waits = (random: number, count: number) => {
  const backOff = createBackOff({ firstMs: 500, capMs: 30_000, random: () => random });
  return Array.from({ length: count }, () => backOff.nextMs());
};

test.each([
  ['the shortest waits', 0, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
  ['waits in the middle', 0.5, [375, 750, 1500, 3000, 6000, 12_000, 22_500, 22_500]],
])('%s double up to the cap', (_, random, expected) => {
  expect(waits(random, 8)).toEqual(expected);
});

test('a camera that was reached is tried quickly again, one that refused the login seldom', () => {
  const backOff = createBackOff({ firstMs: 500, capMs: 30_000, random: () => 0 });
  backOff.nextMs();
  backOff.nextMs();
  backOff.reset();
  expect(backOff.nextMs()).toBe(250);
  backOff.skipToCap();
  expect(backOff.nextMs()).toBe(15_000);
});

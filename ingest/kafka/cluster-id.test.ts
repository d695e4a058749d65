import { expect, test } from 'vitest';
import { newClusterId } from './cluster-id.ts';

test('a cluster id never begins like an option of the storage tool', () => {
  const hyphenFirst = Buffer.from([0xf8, ...Array<number>(15).fill(7)]);
  const fine = Buffer.alloc(16, 1);
  expect(hyphenFirst.toString('base64url')).toMatch(/^-/);
  const draws = [hyphenFirst, hyphenFirst, fine];
  expect(newClusterId(() => draws.shift()!)).toBe(fine.toString('base64url'));
});

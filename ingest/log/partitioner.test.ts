import { describe, expect, test } from 'vitest';
import { murmur2, partitionOf } from './partitioner.ts';

describe("Kafka's hash of a key", () => {
  // The values that Apache Kafka's own unit test of Utils.murmur2 expects.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('%s → %i', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  test('a view into a larger buffer hashes only its own bytes', () => {
    expect(murmur2(Buffer.from('--foobar--').subarray(2, 8))).toBe(-790332482);
  });
});

describe('the partition of a key', () => {
  test('is the positive hash modulo the partitions', () => {
    expect(partitionOf('foobar', 4)).toBe((-790332482 & 0x7fffffff) % 4);
  });

  test('is the only one where there is only one', () => {
    expect(partitionOf('front-door', 1)).toBe(0);
  });

  test('spreads 4,000 visits over 4 partitions with no partition below a fifth', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i += 1) counts[partitionOf(`visit-${i}`, 4)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});

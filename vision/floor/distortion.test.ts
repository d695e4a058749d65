import { describe, expect, it } from 'vitest';
import { lensOf } from './distortion.ts';

describe('what a lens bends', () => {
  it.each<[string, number, number]>([
    ['a barrel', -0.2, 0],
    ['a strong barrel, tamed at its edge', -0.35, 0.12],
    ['a cushion', 0.1, 0],
    ['nothing', 0, 0],
  ])('%s is straightened again to a billionth', (_, k1, k2) => {
    const lens = lensOf({ k1, k2 });
    for (const point of [
      [0, 0],
      [0.3, 0],
      [-0.4, 0.25],
      [0.6, -0.55],
    ] as const) {
      const there = lens.bend(point)!;
      const back = lens.straighten(there)!;
      expect(Math.hypot(back[0] - point[0], back[1] - point[1])).toBeLessThan(1e-9);
    }
  });

  it('a barrel draws points towards the middle, a cushion away from it', () => {
    expect(lensOf({ k1: -0.2, k2: 0 }).bend([0.5, 0])?.[0]).toBeCloseTo(0.5 * (1 - 0.2 * 0.25), 12);
    expect(lensOf({ k1: 0.2, k2: 0 }).bend([0.5, 0])?.[0]).toBeCloseTo(0.5 * (1 + 0.2 * 0.25), 12);
  });

  it('shows nothing beyond the radius at which the formula turns back, instead of folding it into the picture', () => {
    const lens = lensOf({ k1: -0.3, k2: 0 });
    const turning = Math.sqrt(1 / 0.9);
    expect(lens.bend([turning * 0.99, 0])).toBeDefined();
    expect(lens.bend([turning * 1.01, 0])).toBeUndefined();
    const edge = turning * (1 - 0.3 * turning ** 2);
    expect(lens.straighten([0, edge * 0.999])).toBeDefined();
    expect(lens.straighten([0, edge * 1.001])).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { heatScale } from './heat-scale.ts';

describe('the colours of a heat map', () => {
  it.each<[string, number[], number[]]>([
    ['an hour in one cell, seconds in the others', [3600, 4, 1], [1, 100, 400, 900, 1600, 2500]],
    ['a few visits', [4, 1], [1, 2, 3]],
    ['one visit everywhere', [1, 1], [1]],
    ['nobody', [], [1]],
  ])('%s', (_what, values, starts) => {
    expect(heatScale(values).starts).toEqual(starts);
  });

  it('nobody has no colour, the least the palest, the greatest the strongest', () => {
    const scale = heatScale([3600, 1]);
    expect([0, 1, 99, 100, 1000, 3600].map((value) => scale.stepOf(value))).toEqual([
      undefined,
      0,
      0,
      1,
      3,
      5,
    ]);
  });

  it('few steps still end in the strongest colour', () => {
    const scale = heatScale([4, 1]);
    expect([1, 2, 4].map((value) => scale.stepOf(value))).toEqual([0, 3, 5]);
    expect(heatScale([1]).stepOf(1)).toBe(5);
  });
});

import { describe, expect, test } from 'vitest';
import {
  bestThreshold,
  createImpostorHistogram,
  crossValidate,
  falseRejectRate,
  type Comparison,
} from './verification.ts';

const pair = (distance: number, samePerson: boolean, fold = 0): Comparison => ({
  distance,
  samePerson,
  fold,
});

describe('an evaluation of pairs', () => {
  test('that are cleanly apart is right everywhere', () => {
    const comparisons = [0, 1, 2].flatMap((fold) => [pair(0.3, true, fold), pair(0.9, false, fold)]);
    expect(crossValidate(comparisons, 3)).toEqual({ accuracy: 1, accuracyStd: 0 });
    expect(bestThreshold(comparisons)).toBeCloseTo(0.6);
  });

  test('chooses the threshold without looking at the fold that it judges', () => {
    // fold 0 would like 0.9, the others say 0.5: with their threshold its genuine pair at 0.8 is rejected
    const comparisons = [
      pair(0.8, true, 0),
      pair(1.0, false, 0),
      ...[1, 2].flatMap((fold) => [
        pair(0.4, true, fold),
        pair(0.4, true, fold),
        pair(0.6, false, fold),
        pair(0.6, false, fold),
      ]),
    ];
    expect(crossValidate(comparisons, 3).accuracy).toBeCloseTo((0.5 + 1 + 1) / 3);
  });

  test('a face that was not found is a rejection: wrong for one person, right for two', () => {
    const comparisons = [pair(Infinity, true), pair(Infinity, false), pair(0.3, true), pair(0.9, false)];
    expect(crossValidate(comparisons, 1).accuracy).toBe(0.75);
    expect(falseRejectRate(comparisons, 0.6)).toBe(0.5);
  });
});

describe('the threshold for a false accept rate', () => {
  const histogram = createImpostorHistogram();
  for (let i = 0; i < 1000; i++) histogram.add(0.5 + i / 1000);

  test.each([
    [0.1, 0.6],
    [0.01, 0.51],
    [0.001, 0.501],
    [0.0001, 0.5],
  ])('%f', (rate, expected) => {
    const threshold = histogram.thresholdAt(rate);
    expect(Math.abs(threshold - expected)).toBeLessThan(0.0005);
  });

  test('never accepts more impostors than asked for', () => {
    for (const rate of [0.5, 0.033, 0.0021]) {
      const threshold = histogram.thresholdAt(rate);
      const accepted = Array.from({ length: 1000 }, (_, i) => 0.5 + i / 1000).filter(
        (d) => d < threshold - 1e-9,
      );
      expect(accepted.length).toBeLessThanOrEqual(rate * 1000);
    }
  });
});

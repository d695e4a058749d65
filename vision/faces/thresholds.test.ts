import { describe, expect, test } from 'vitest';
import { embeddingSpace } from './embedding-space.ts';
import { thresholdFor, thresholdTable } from './thresholds.ts';

const COMBINATIONS = [
  'dlib',
  'dlib+faceres',
  'dlib+mobileface2',
  'dlib+mobileface2+faceres',
  'dlib+sface+faceres',
] as const;

describe('thresholds', () => {
  test.each(COMBINATIONS)('of %s say what they rest on and grow stricter', (combination) => {
    const { source, points } = thresholdTable(embeddingSpace(combination).id);
    expect(source.length).toBeGreaterThan(20);
    const thresholds = points.map(({ threshold }) => threshold);
    const rates = points.map(({ falseAcceptRate }) => falseAcceptRate);
    expect(thresholds).toEqual([...thresholds].sort((a, b) => b - a));
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
  });

  test.each([
    ['a measured rate', 1e-4, 0.775],
    ['half-way between two, in orders of magnitude', 10 ** -3.5, 0.83],
    ['a more tolerant rate than was measured gets the most tolerant threshold', 0.05, 0.885],
  ])('%s', (_what, rate, expected) => {
    expect(thresholdFor('dlib/a1', rate)).toBeCloseTo(expected, 3);
  });

  test('nobody guesses a threshold for a rate that was never measured', () => {
    expect(() => thresholdFor('dlib/a1', 1e-9)).toThrow(/wantedFalseAcceptRate/);
    expect(() => thresholdFor('unknown/a1', 1e-4)).toThrow(/unknown\/a1/);
  });
});

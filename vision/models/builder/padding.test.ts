import { describe, expect, it } from 'vitest';
import { samePadding, validPadding } from './padding.ts';

describe('where a convolution ends up', () => {
  it.each([
    // size, kernel, stride → output, before, after
    ['SAME', 5, 3, 1, 5, 1, 1],
    ['SAME', 256, 5, 2, 128, 1, 2], // stride 2: the odd pixel goes after
    ['SAME', 112, 3, 2, 56, 0, 1],
    ['SAME', 7, 3, 2, 4, 1, 1],
    ['SAME', 12, 2, 1, 12, 0, 1],
    ['SAME', 12, 1, 2, 6, 0, 0], // never negative
    ['VALID', 150, 7, 2, 72, 0, 0],
    ['VALID', 72, 3, 2, 35, 0, 0], // the last pixels fill no window
  ])(
    '%s: size %i, kernel %i, stride %i gives %i, padded by %i and %i',
    (kind, size, kernel, stride, ...expected) => {
      const extent = (kind === 'SAME' ? samePadding : validPadding)(size, kernel, stride);
      expect([extent.output, extent.padBefore, extent.padAfter]).toEqual(expected);
    },
  );
});

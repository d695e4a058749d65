import { describe, expect, test } from 'vitest';
import type { BoxXyxy, Point } from '../faces/geometry.ts';
import { createIgnoredParts } from './ignored-parts.ts';

/** The right third of the picture is a mirror. */
const MIRROR: Point[] = [
  [0.67, 0],
  [1, 0],
  [1, 1],
  [0.67, 1],
];
const parts = createIgnoredParts([MIRROR], { width: 600, height: 300 });

describe('a mirror on the wall', () => {
  test.each<[string, BoxXyxy, boolean]>([
    ['who is seen in it is not there', [450, 50, 500, 200], true],
    ['who stands before it with their head in it is there', [360, 50, 430, 200], false],
    [
      'who is cut off by the lower edge of the picture is judged by where they are cut',
      [450, 100, 500, 300],
      true,
    ],
    ['who is elsewhere is there', [100, 50, 150, 200], false],
  ])('%s', (_, box, ignored) => {
    expect(parts.holds(box)).toBe(ignored);
  });

  test('without such parts everybody is there', () => {
    expect(createIgnoredParts([], { width: 600, height: 300 }).holds([450, 50, 500, 200])).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { Point } from '../faces/geometry.ts';
import { applyHomography, solveHomography } from './homography.ts';

const SQUARE: Point[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

describe('the map of a plane onto a picture', () => {
  it.each<[string, Point[]]>([
    ['the same', SQUARE],
    [
      'larger and elsewhere',
      [
        [100, 50],
        [300, 50],
        [300, 250],
        [100, 250],
      ],
    ],
    [
      'seen from the side',
      [
        [400, 300],
        [880, 300],
        [1280, 700],
        [0, 700],
      ],
    ],
    [
      'upside down',
      [
        [1280, 700],
        [0, 700],
        [400, 300],
        [880, 300],
      ],
    ],
  ])('%s: four pairs are met exactly', (_, seen) => {
    const map = solveHomography(SQUARE, seen)!;
    for (const [index, point] of SQUARE.entries()) {
      const image = applyHomography(map, point)!;
      expect(image[0]).toBeCloseTo(seen[index]![0], 6);
      expect(image[1]).toBeCloseTo(seen[index]![1], 6);
    }
  });

  it('with more pairs than it needs, the mistakes are shared so that their squares are least', () => {
    const grid = [0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3].map((y): Point => [x, y]));
    const truth = solveHomography(SQUARE, [
      [400, 300],
      [880, 310],
      [1250, 700],
      [10, 690],
    ])!;
    const seen = grid.map(([x, y], index): Point => {
      const [u, v] = applyHomography(truth, [x / 3, y / 3])!;
      return [u + (index % 3) - 1, v + ((index * 7) % 5) / 2 - 1];
    });
    const map = solveHomography(grid, seen)!;
    const cost = (change: (point: Point) => Point): number =>
      grid.reduce((sum, point, index) => {
        const [u, v] = applyHomography(map, change(point))!;
        return sum + (u - seen[index]![0]) ** 2 + (v - seen[index]![1]) ** 2;
      }, 0);
    const best = cost((point) => point);
    expect(Math.sqrt(best / grid.length)).toBeLessThan(1.2);
    // Every small change of the map makes it worse.
    for (const step of [1e-4, -1e-4]) {
      expect(cost(([x, y]) => [x + step, y])).toBeGreaterThan(best);
      expect(cost(([x, y]) => [x, y + step])).toBeGreaterThan(best);
      expect(cost(([x, y]) => [x * (1 + step), y])).toBeGreaterThan(best);
      expect(cost(([x, y]) => [x + step * y, y])).toBeGreaterThan(best);
    }
  });

  it('needs four pairs, and no three of four on one line', () => {
    expect(() => solveHomography(SQUARE.slice(1), SQUARE.slice(1))).toThrow('four or more pairs, got 3');
    expect(
      solveHomography(
        [
          [0, 0],
          [1, 1],
          [2, 2],
          [3, 3],
        ],
        SQUARE,
      ),
    ).toBeUndefined();
  });

  it('sees nothing behind the camera', () => {
    const map = solveHomography(SQUARE, [
      [400, 300],
      [880, 300],
      [1280, 700],
      [0, 700],
    ])!;
    expect(applyHomography(map, [0.5, 30])).toBeUndefined();
  });
});

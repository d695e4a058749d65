import { describe, expect, it } from 'vitest';
import type { FloorPoint } from '../../analytics/api/schemas/floor.ts';
import { namePlace } from './floor-shapes.ts';

describe('where the name of a zone stands', () => {
  it.each<[string, FloorPoint[], FloorPoint]>([
    [
      'a rectangle: in its middle',
      [
        [0, 0],
        [4, 0],
        [4, 2],
        [0, 2],
      ],
      [2, 1],
    ],
    [
      'an L: in its wide arm, not in the corner that is missing',
      [
        [0, 0],
        [6, 0],
        [6, 2],
        [2, 2],
        [2, 3],
        [0, 3],
      ],
      [3, 1],
    ],
  ])('%s', (_what, polygon, [x, y]) => {
    const [across, down] = namePlace(polygon);
    expect(Math.abs(across - x)).toBeLessThan(0.6);
    expect(Math.abs(down - y)).toBeLessThan(0.4);
  });
});

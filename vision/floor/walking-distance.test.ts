import { expect, test } from 'vitest';
import type { FloorPoint } from './sighting.ts';
import { createWalkingDistance } from './walking-distance.ts';

/** A wall from the top to 2 m before the bottom, and a table. */
const walking = createWalkingDistance({
  widthMetres: 12,
  heightMetres: 9,
  fixtures: [
    [
      [5.9, 0],
      [6.1, 0],
      [6.1, 7],
      [5.9, 7],
    ],
    [
      [8, 3],
      [10, 3],
      [10, 4],
      [8, 4],
    ],
  ],
});

test.each<[string, FloorPoint, FloorPoint, number]>([
  ['nothing between', [1, 1], [4, 5], 5],
  ['the wall between', [5, 1], [7, 1], 12.2],
  ['beneath the wall', [5, 8], [7, 8], 2],
  ['a table between', [9, 2.5], [9, 4.5], 3],
  ['leaning over the table', [9, 3.2], [9, 2], 1.2],
])('with %s', (_, from, to, metres) => {
  expect(Math.abs(walking(from, to) - metres)).toBeLessThan(0.12 * metres + 0.2);
});

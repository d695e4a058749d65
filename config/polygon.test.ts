import { expect, test } from 'vitest';
import { polygonFault, signedArea, type Point } from './polygon.ts';

test.each<[string, Point[], RegExp | undefined]>([
  [
    'a square',
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ],
    undefined,
  ],
  [
    'a square the other way round',
    [
      [0, 2],
      [2, 2],
      [2, 0],
      [0, 0],
    ],
    undefined,
  ],
  [
    'an L',
    [
      [0, 0],
      [2, 0],
      [2, 1],
      [1, 1],
      [1, 2],
      [0, 2],
    ],
    undefined,
  ],
  [
    'a triangle',
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    undefined,
  ],
  [
    'a corner in the middle of an edge',
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 2],
    ],
    undefined,
  ],
  [
    'a bow tie',
    [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
    ],
    /edge after corner 1 and the edge after corner 3/,
  ],
  [
    'a corner that touches another edge',
    [
      [0, 0],
      [4, 0],
      [4, 2],
      [2, 0],
      [0, 2],
    ],
    /edges cross/,
  ],
  [
    'a spike: there and back',
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [2, 0],
      [0, 2],
    ],
    /edges cross/,
  ],
  [
    'all corners on a line',
    [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
    /area is zero/,
  ],
  [
    'the first corner again at the end',
    [
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
    /corners 4 and 1 are the same/,
  ],
])('%s', (_what, corners, fault) => {
  if (fault === undefined) expect(polygonFault(corners)).toBeUndefined();
  else expect(polygonFault(corners)).toMatch(fault);
});

test('the area is positive clockwise in a picture', () => {
  expect(
    signedArea([
      [0, 0],
      [2, 0],
      [2, 3],
      [0, 3],
    ]),
  ).toBe(6);
  expect(
    signedArea([
      [0, 3],
      [2, 3],
      [2, 0],
      [0, 0],
    ]),
  ).toBe(-6);
});

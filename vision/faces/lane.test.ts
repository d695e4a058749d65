import { describe, expect, test } from 'vitest';
import { newTrackId } from '../../runtime/ids.ts';
import { createEntranceCounter } from './entrance.ts';
import type { Point } from './geometry.ts';
import { isInside, toPixels, type EntranceLine } from './lane.ts';

const LANE: Point[] = [
  [100, 100],
  [300, 100],
  [350, 400],
  [50, 400],
];
/** A lane that bends round a pillar. */
const HOOK: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [80, 100],
  [80, 20],
  [0, 20],
];

describe('a lane', () => {
  test.each<[string, Point[], Point, boolean]>([
    ['stands in the middle', LANE, [200, 250], true],
    ['stands beside it, at the same height', LANE, [20, 250], false],
    ['stands where the lane is wide only further down', LANE, [80, 120], false],
    ['stands there further down', LANE, [80, 390], true],
    ['stands before it', LANE, [200, 450], false],
    ['stands in the bend of a hook', HOOK, [40, 60], false],
    ['stands in the arm of a hook', HOOK, [90, 60], true],
  ])('%s', (_who, lane, at, expected) => {
    expect(isInside(lane, at)).toBe(expected);
  });

  test('is configured in fractions of the picture', () => {
    expect(toPixels([[0.5, 0.25]], { width: 1280, height: 720 })).toEqual([[640, 180]]);
  });
});

const LINE: EntranceLine = { from: [0, 300], to: [400, 300] };
const MARGIN = 10;

describe('the entrance line', () => {
  test.each<[string, Point[], number]>([
    [
      'walks in',
      [
        [200, 200],
        [200, 280],
        [200, 320],
        [200, 400],
      ],
      1,
    ],
    [
      'walks in quickly, between two frames',
      [
        [200, 200],
        [210, 420],
      ],
      1,
    ],
    [
      'walks out',
      [
        [200, 400],
        [200, 320],
        [200, 280],
        [200, 200],
      ],
      0,
    ],
    [
      'comes, stands on the line and leaves',
      [
        [200, 200],
        [200, 295],
        [200, 304],
        [200, 298],
        [200, 200],
      ],
      0,
    ],
    [
      'stands on the line, sways, then goes in',
      [
        [200, 200],
        [200, 304],
        [200, 296],
        [200, 306],
        [200, 350],
      ],
      1,
    ],
    [
      'walks in, goes back and comes in again: still one person',
      [
        [200, 200],
        [200, 350],
        [200, 200],
        [200, 350],
      ],
      1,
    ],
    [
      'was inside when first seen',
      [
        [200, 350],
        [200, 400],
      ],
      0,
    ],
    [
      'first seen inside, goes out and comes back',
      [
        [200, 350],
        [200, 200],
        [200, 350],
      ],
      1,
    ],
    [
      'passes beside the end of the line',
      [
        [500, 200],
        [500, 400],
      ],
      0,
    ],
    [
      'comes in at an angle past the end, then under the line',
      [
        [600, 200],
        [500, 400],
        [300, 400],
      ],
      0,
    ],
  ])('%s', (_who, way, expected) => {
    const counter = createEntranceCounter(LINE);
    const trackId = newTrackId();
    expect(way.filter((at) => counter.update(trackId, at, MARGIN))).toHaveLength(expected);
  });

  test('drawn the other way round, people come in from below', () => {
    const counter = createEntranceCounter({ from: LINE.to, to: LINE.from });
    const trackId = newTrackId();
    expect(counter.update(trackId, [200, 400], MARGIN)).toBe(false);
    expect(counter.update(trackId, [200, 200], MARGIN)).toBe(true);
  });

  test('keeps people apart', () => {
    const counter = createEntranceCounter(LINE);
    const [one, other] = [newTrackId(), newTrackId()];
    counter.update(one, [100, 200], MARGIN);
    counter.update(other, [300, 400], MARGIN);
    expect(counter.update(other, [300, 420], MARGIN)).toBe(false);
    expect(counter.update(one, [100, 400], MARGIN)).toBe(true);
  });
});

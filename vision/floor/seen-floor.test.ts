import { describe, expect, test } from 'vitest';
import { isInside } from '../faces/lane.ts';
import { calibrate } from './calibration.ts';
import { seenFloor, seesPlace } from './seen-floor.ts';
import type { FloorPoint } from './sighting.ts';

const SIZE = { width: 640, height: 360 };
const PLAN = { widthMetres: 10, heightMetres: 8 };
/** In the middle of the upper wall, looking down the plan. */
const camera = calibrate(
  {
    kind: 'pose',
    place: [5, 0],
    heightMetres: 3,
    bearingDegrees: 180,
    pitchDownDegrees: 35,
    rollDegrees: 0,
    horizontalFieldOfViewDegrees: 80,
  },
  SIZE,
);

describe('a camera in the middle of the upper wall', () => {
  const table: readonly [where: string, place: FloorPoint, seen: boolean][] = [
    ['three metres before it', [5, 3], true],
    ['beneath itself', [5, 0.2], false],
    ['beside itself', [9, 0.5], false],
    ['the far wall', [5, 7.9], true],
    ['behind itself', [5, -2], false],
  ];
  test.each(table)('%s', (_where, place, seen) => {
    expect(seesPlace(camera, SIZE, place)).toBe(seen);
  });

  test('draws an outline that holds what it sees and nothing else', () => {
    const outline = seenFloor(camera, SIZE, PLAN);
    expect(outline.length).toBeGreaterThan(3);
    for (const [, place, seen] of table.slice(0, 3)) expect(isInside(outline, place)).toBe(seen);
    for (const [x, y] of outline) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(PLAN.widthMetres);
      expect(y).toBeLessThanOrEqual(PLAN.heightMetres);
    }
  });

  test('has no outline where it looks away from the shop', () => {
    const elsewhere = { widthMetres: 1, heightMetres: 0.5 };
    expect(seenFloor(camera, SIZE, elsewhere)).toEqual([]);
  });
});

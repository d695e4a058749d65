import { expect, it } from 'vitest';
import { calibrate } from './calibration.ts';
import { floorGrid } from './floor-grid.ts';

const SIZE = { width: 640, height: 480 };
const PLAN = { widthMetres: 4, heightMetres: 3 };
const POSE = {
  kind: 'pose',
  place: [2, 1.5],
  heightMetres: 4,
  bearingDegrees: 0,
  pitchDownDegrees: 90,
  rollDegrees: 0,
  horizontalFieldOfViewDegrees: 90,
} as const;

it('straight down, the plan is a grid of metres: five lines down, four across, each straight', () => {
  const lines = floorGrid(calibrate(POSE, SIZE), PLAN, SIZE);
  expect(lines.length).toBe(5 + 4);
  expect(lines.every((line) => line.length === 2)).toBe(true);
  expect(lines[2]).toEqual([
    [0.5, expect.closeTo(0.25, 3)],
    [0.5, expect.closeTo(0.75, 3)],
  ]);
});

it('lines end at the edge of the picture', () => {
  const low = calibrate({ ...POSE, heightMetres: 1 }, SIZE);
  const points = floorGrid(low, PLAN, SIZE).flat();
  expect(points.length).toBeGreaterThan(4);
  expect(points.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true);
});

it('a bending lens bends them: more points than their ends', () => {
  const bent = calibrate({ ...POSE, distortion: { k1: -0.2, k2: 0 } }, SIZE);
  expect(floorGrid(bent, PLAN, SIZE).some((line) => line.length > 2)).toBe(true);
});

import { describe, expect, it } from 'vitest';
import { mountingOf, poseOf, type Pose } from './camera-pose.ts';
import { determinant, multiply, transpose } from './matrix3.ts';

const LEVEL: Pose = {
  place: [3, 4],
  heightMetres: 2.5,
  bearingDegrees: 0,
  pitchDownDegrees: 0,
  rollDegrees: 0,
};

/** Rows: right, down and ahead of the camera, in [across, down the plan, into the ground]. */
describe('where a camera looks', () => {
  it.each<[string, Partial<Pose>, number[][]]>([
    [
      'up the plan, level',
      {},
      [
        [1, 0, 0],
        [0, 0, 1],
        [0, -1, 0],
      ],
    ],
    [
      'to the right of the plan',
      { bearingDegrees: 90 },
      [
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
      ],
    ],
    [
      'down the plan',
      { bearingDegrees: 180 },
      [
        [-1, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
      ],
    ],
    [
      'straight down, up the plan at the upper edge',
      { pitchDownDegrees: 90 },
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
    [
      'what is seen is turned clockwise by a quarter',
      { rollDegrees: 90 },
      [
        [0, 0, -1],
        [1, 0, 0],
        [0, -1, 0],
      ],
    ],
  ])('%s', (_, change, rows) => {
    const { rotation } = mountingOf({ ...LEVEL, ...change });
    for (const [index, row] of rows.entries()) {
      for (const [at, value] of row.entries()) expect(rotation[index]![at]).toBeCloseTo(value, 12);
    }
  });

  it.each<[number, number, number]>([
    [0, 0, 0],
    [37, 32, 0],
    [218, 31, -4],
    [359, 89, 12],
    [90, 90, 0],
  ])('bearing %d, pitch %d, roll %d come back from R and t', (bearing, pitch, roll) => {
    const pose = { ...LEVEL, bearingDegrees: bearing, pitchDownDegrees: pitch, rollDegrees: roll };
    const mounting = mountingOf(pose);
    const back = poseOf(mounting);
    expect(back.place[0]).toBeCloseTo(3, 9);
    expect(back.place[1]).toBeCloseTo(4, 9);
    expect(back.heightMetres).toBeCloseTo(2.5, 9);
    expect(back.bearingDegrees).toBeCloseTo(bearing, 6);
    expect(back.pitchDownDegrees).toBeCloseTo(pitch, 6);
    expect(back.rollDegrees).toBeCloseTo(roll, 6);
    expect(determinant(mounting.rotation)).toBeCloseTo(1, 12);
    const product = multiply(mounting.rotation, transpose(mounting.rotation));
    expect(product[0][1]).toBeCloseTo(0, 12);
  });
});

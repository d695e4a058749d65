import { describe, expect, it } from 'vitest';
import type { Calibration, MatrixCalibration, PoseCalibration } from '../../config/floor-schema.ts';
import { UserError } from '../../runtime/errors.ts';
import { calibrate } from './calibration.ts';
import { mountingOf } from './camera-pose.ts';
import type { Matrix3 } from './matrix3.ts';
import type { FloorPoint } from './sighting.ts';

const SIZE = { width: 1280, height: 720 };
const POSE: PoseCalibration = {
  kind: 'pose',
  place: [5, 8],
  heightMetres: 3,
  bearingDegrees: 0,
  pitchDownDegrees: 45,
  rollDegrees: 0,
  horizontalFieldOfViewDegrees: 90,
};
const FOCAL = 640;
const MATRIX: MatrixCalibration = {
  kind: 'matrix',
  intrinsics: [
    [FOCAL, 0, 640],
    [0, FOCAL, 360],
    [0, 0, 1],
  ],
  rotation: rowsOf(mountingOf(POSE).rotation),
  translation: [...mountingOf(POSE).translation],
};

/** As the configuration holds them. */
function rowsOf([a, b, c]: Matrix3): MatrixCalibration['rotation'] {
  return [[...a], [...b], [...c]];
}

function refusal(setting: Calibration): string {
  try {
    calibrate(setting, SIZE, 'cameras[0].calibration');
  } catch (error) {
    if (error instanceof UserError) return `${error.code} ${error.message} ${error.next}`;
    throw error;
  }
  return 'usable';
}

describe('from a tape measure: 3 m high, 45 degrees down, looking up the plan', () => {
  const camera = calibrate(POSE, SIZE);
  it.each<[string, readonly [number, number], number, FloorPoint | undefined]>([
    ['the middle of the picture is 3 m ahead', [640, 360], 0, [5, 5]],
    ['so is a head at 1.5 m, half as far', [640, 360], 1.5, [5, 6.5]],
    [
      'at the right edge, as far aside as the distance to the lens',
      [1280, 360],
      0,
      [5 + Math.hypot(3, 3), 5],
    ],
    ['the horizon is 45 degrees up, which is beyond the upper edge', [640, 360 - FOCAL], 0, undefined],
    ['above the horizon there is no floor', [640, 360 - FOCAL - 50], 0, undefined],
  ])('%s', (_, pixel, height, place) => {
    const found = camera.toFloor(pixel, height);
    expect(found?.[0]).toEqual(place === undefined ? undefined : expect.closeTo(place[0], 9));
    expect(found?.[1]).toEqual(place === undefined ? undefined : expect.closeTo(place[1], 9));
    if (place !== undefined) {
      const back = camera.toImage(place, height)!;
      expect(Math.hypot(back[0] - pixel[0], back[1] - pixel[1])).toBeLessThan(1e-6);
    }
  });

  it('sees nothing behind itself', () => {
    expect(camera.toImage([5, 20])).toBeUndefined();
    expect(camera.toImage([5, 8], 3.1)).toBeUndefined();
  });

  it('knows where it hangs', () => {
    expect(camera.place).toEqual([expect.closeTo(5), expect.closeTo(8)]);
    expect(camera.heightMetres).toBeCloseTo(3, 9);
    expect(camera.focalPixels).toBeCloseTo(FOCAL, 9);
  });

  it('a pixel is 0.66 cm across and 0.94 cm down in the middle, more farther away', () => {
    const [xx, xy, yy] = camera.covarianceAt([640, 360], 1)!;
    expect(Math.sqrt(xx)).toBeCloseTo(Math.hypot(3, 3) / FOCAL, 6);
    // A step of the angle moves a ray on the floor by distance / cosine.
    expect(Math.sqrt(yy)).toBeCloseTo((Math.hypot(3, 3) * Math.SQRT2) / FOCAL, 5);
    expect(xy).toBeCloseTo(0, 9);
    const [, , far] = camera.covarianceAt([640, 100], 1)!;
    expect(far).toBeGreaterThan(2 * yy);
    expect(camera.covarianceAt([640, -400], 1)).toBeUndefined();
  });

  it('agrees with errors drawn at random', () => {
    const pixel = [900, 500] as const;
    const [a, b] = camera.toFloor(pixel)!;
    let [xx, xy, yy] = [0, 0, 0];
    const turns = 720;
    for (let turn = 0; turn < turns; turn++) {
      const angle = (2 * Math.PI * turn) / turns;
      // Points of a circle of radius √2: variance 1 in each direction.
      const [x, y] = camera.toFloor([
        pixel[0] + Math.SQRT2 * Math.cos(angle),
        pixel[1] + Math.SQRT2 * Math.sin(angle),
      ])!;
      xx += (x - a) ** 2 / turns;
      xy += ((x - a) * (y - b)) / turns;
      yy += (y - b) ** 2 / turns;
    }
    const found = camera.covarianceAt(pixel, 1)!;
    expect(found[0] / xx).toBeCloseTo(1, 1);
    expect(found[1] / xy).toBeCloseTo(1, 1);
    expect(found[2] / yy).toBeCloseTo(1, 1);
  });
});

describe('a lens that bends', () => {
  const bent = calibrate({ ...POSE, distortion: { k1: -0.15, k2: 0.02 } }, SIZE);
  it('sees the same angle from edge to edge, so straight ahead it shows more', () => {
    const straight = calibrate(POSE, SIZE);
    const [x] = bent.toFloor([1280, 360])!;
    expect(x).toBeCloseTo(straight.toFloor([1280, 360])![0], 9);
    expect(bent.focalPixels).toBeGreaterThan(FOCAL);
  });
  it('is straightened on the way to the floor and bent on the way back', () => {
    for (const pixel of [
      [30, 700],
      [640, 10],
      [1200, 400],
    ] as const) {
      const back = bent.toImage(bent.toFloor(pixel)!)!;
      expect(Math.hypot(back[0] - pixel[0], back[1] - pixel[1])).toBeLessThan(1e-6);
    }
  });
});

describe('from K, R and t', () => {
  it('is the camera of the same pose', () => {
    const camera = calibrate(MATRIX, SIZE);
    expect(camera.toFloor([900, 500])?.[0]).toBeCloseTo(calibrate(POSE, SIZE).toFloor([900, 500])![0], 9);
    expect(camera.pose?.pitchDownDegrees).toBeCloseTo(45, 9);
  });

  it('takes R with five digits', () => {
    const [a, b, c] = MATRIX.rotation.map((row) => row.map((value) => Number(value.toFixed(5))));
    const rounded = { ...MATRIX, rotation: [a, b, c] as unknown as MatrixCalibration['rotation'] };
    expect(calibrate(rounded, SIZE).heightMetres).toBeCloseTo(3, 3);
  });

  const {
    rotation: [right, down, ahead],
  } = MATRIX;
  const minus = ([x, y, z]: readonly [number, number, number]): [number, number, number] => [-x, -y, -z];
  it.each<[string, Partial<MatrixCalibration>, string[]]>([
    [
      't in millimetres',
      { translation: [-5000, 7778, -3535] },
      ['translation', 't in metres', 'Divide t by 1000'],
    ],
    [
      'rows that are no rotation',
      { rotation: [[2, 0, 0], down, ahead] },
      ['rotation', 'rows of length 2.000'],
    ],
    [
      'a mirrored floor',
      { rotation: [minus(right), down, ahead] },
      ['determinant is -1', 'seen in a mirror'],
    ],
    [
      'a third axis that points up',
      { rotation: [right, minus(down), minus(ahead)] },
      ['above the floor', 'm below it'],
    ],
    [
      'K of another picture',
      {
        intrinsics: [
          [FOCAL, 0, 1640],
          [0, FOCAL, 360],
          [0, 0, 1],
        ],
      },
      ['intrinsics', '1280x720'],
    ],
  ])('refuses %s', (_, change, parts) => {
    const said = refusal({ ...MATRIX, ...change });
    expect(said).toContain('calibration.unusable cameras[0].calibration');
    for (const part of parts) expect(said).toContain(part);
  });
});

it('refuses a distortion that folds the picture before its edge', () => {
  expect(refusal({ ...POSE, distortion: { k1: -0.4, k2: 0 } })).toContain('fold the picture before its edge');
});

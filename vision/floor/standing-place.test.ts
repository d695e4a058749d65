import { describe, expect, it } from 'vitest';
import type { PoseCalibration } from '../../config/floor-schema.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import { calibrate, type FloorCalibration } from './calibration.ts';
import type { FloorPoint } from './sighting.ts';
import { standingPlace } from './standing-place.ts';

const SIZE = { width: 1280, height: 720 };
const OBLIQUE: PoseCalibration = {
  kind: 'pose',
  place: [5, 10],
  heightMetres: 3.2,
  bearingDegrees: 0,
  pitchDownDegrees: 32,
  rollDegrees: 0,
  horizontalFieldOfViewDegrees: 80,
};
const oblique = calibrate(OBLIQUE, SIZE);
const down = calibrate({ ...OBLIQUE, pitchDownDegrees: 90 }, SIZE);
const onItsSide = calibrate({ ...OBLIQUE, rollDegrees: 90 }, SIZE);

/** The box around an upright board, 0.46 m wide, that faces the camera: what the virtual shop draws. */
function boardBox(camera: FloorCalibration, [x, y]: FloorPoint, height: number, from = 0): BoxXyxy {
  const towards = Math.atan2(y - camera.place![1], x - camera.place![0]);
  const [sideX, sideY] = [-Math.sin(towards) * 0.23, Math.cos(towards) * 0.23];
  const corners = [from, height].flatMap((at) =>
    [-1, 1].map((side) => camera.toImage([x + side * sideX, y + side * sideY], at)!),
  );
  const [xs, ys] = [corners.map(([u]) => u), corners.map(([, v]) => v)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The box around a solid upright body: legs, shoulders and a head, all round, as wide as the height makes it. */
function bodyBoxOf(camera: FloorCalibration, [x, y]: FloorPoint, height: number): BoxXyxy {
  const points = [];
  for (const [from, to, adultRadius] of [
    [0, 0.5, 0.1],
    [0.5, 0.83, 0.22],
    [0.83, 1, 0.09],
  ] as const) {
    const radius = (adultRadius * height) / 1.68;
    for (const share of [from, to]) {
      for (let turn = 0; turn < 16; turn++) {
        const angle = (turn / 8) * Math.PI;
        const place: FloorPoint = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
        points.push(camera.toImage(place, share * height)!);
      }
    }
  }
  const [xs, ys] = [points.map(([u]) => u), points.map(([, v]) => v)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function clipped([left, top, right, bottom]: BoxXyxy): BoxXyxy {
  return [Math.max(0, left), Math.max(0, top), Math.min(SIZE.width, right), Math.min(SIZE.height, bottom)];
}

function offCm(found: { place: FloorPoint } | undefined, truth: FloorPoint): number {
  if (found === undefined) return Infinity;
  return 100 * Math.hypot(found.place[0] - truth[0], found.place[1] - truth[1]);
}

function sigmaMetres({ covariance: [xx, , yy] }: { covariance: readonly [number, number, number] }): number {
  return Math.sqrt(xx + yy);
}

describe('where somebody stands who is seen from head to feet', () => {
  it.each<[string, FloorCalibration, FloorPoint, number, number]>([
    ['in the middle of the picture', oblique, [5, 6], 1.68, 12],
    ['at its left', oblique, [2.5, 6.5], 1.68, 12],
    ['far away', oblique, [6, 0], 1.68, 35],
    ['tall', oblique, [5, 6], 1.9, 12],
    ['short', oblique, [5, 6], 1.52, 12],
    ['a child of six', oblique, [5.5, 6], 1.15, 15],
    ['with a camera turned onto its side', onItsSide, [5.3, 7], 1.68, 12],
    ['right below a camera that looks straight down', down, [5, 10], 1.68, 10],
    ['beside a camera that looks straight down', down, [6, 10.5], 1.68, 15],
  ])('%s', (_, camera, truth, height, withinCm) => {
    const found = standingPlace(camera, bodyBoxOf(camera, truth, height), SIZE);
    expect(found?.by).toBe('feet');
    expect(offCm(found, truth)).toBeLessThan(withinCm);
  });

  it('as a flat picture of a person, as the virtual shop draws them', () => {
    for (const truth of [
      [5, 6],
      [3, 6],
      [6, 3],
    ] as const) {
      expect(offCm(standingPlace(oblique, boardBox(oblique, truth, 1.75), SIZE), truth)).toBeLessThan(20);
    }
  });
});

describe('where somebody stands whose feet are not seen', () => {
  it.each<[string, FloorPoint, number, number]>([
    ['behind a table of 75 cm', [5, 6], 0.75, 20],
    ['behind a rack of 1.1 m', [4, 5], 1.1, 20],
    ['behind a table, far away', [6, 2], 0.75, 35],
  ])('%s: the head tells', (_, truth, from, withinCm) => {
    const box = boardBox(oblique, truth, 1.7, from);
    const found = standingPlace(oblique, box, SIZE)!;
    expect(found.by).toBe('head');
    expect(offCm(found, truth)).toBeLessThan(withinCm);
  });

  it('is not taken for somebody whose feet are where the table begins', () => {
    const truth: FloorPoint = [5, 6];
    const box = boardBox(oblique, truth, 1.7, 0.75);
    const asIfFeet = oblique.toFloor([(box[0] + box[2]) / 2, box[3]])!;
    expect(offCm({ place: asIfFeet }, truth)).toBeGreaterThan(100);
  });

  it('when the lower edge of the picture cuts them off', () => {
    const truth: FloorPoint = [5.2, 8.6];
    const whole = boardBox(oblique, truth, 1.7);
    expect(whole[3]).toBeGreaterThan(SIZE.height + 20);
    const found = standingPlace(oblique, clipped(whole), SIZE)!;
    expect(found.by).toBe('head');
    expect(offCm(found, truth)).toBeLessThan(20);
  });

  it('has the difference between people in how sure the place is: 9 cm of height, seen along the view', () => {
    const truth: FloorPoint = [5, 6];
    const average = standingPlace(oblique, boardBox(oblique, truth, 1.68, 0.8), SIZE)!;
    const tall = standingPlace(oblique, boardBox(oblique, truth, 1.77, 0.8), SIZE)!;
    const moved = offCm(tall, average.place) / 100;
    const [, , downDown] = average.covariance;
    expect(Math.sqrt(downDown)).toBeGreaterThan(moved * 0.9);
    expect(Math.sqrt(downDown)).toBeLessThan(moved * 2.5);
  });

  it('has no place when the picture cuts off both head and feet', () => {
    expect(standingPlace(oblique, [300, 0, 900, 720], SIZE)).toBeUndefined();
  });
});

describe('how sure a place is', () => {
  it('less, the farther away somebody stands', () => {
    const sigmas = [7, 5, 3, 0].map((y) =>
      sigmaMetres(standingPlace(oblique, boardBox(oblique, [5, y], 1.7), SIZE)!),
    );
    expect(sigmas).toEqual([...sigmas].sort((a, b) => a - b));
    expect(sigmas[0]).toBeLessThan(0.25);
  });

  it('less by the head than by the feet', () => {
    const feet = standingPlace(oblique, boardBox(oblique, [5, 6], 1.7), SIZE)!;
    const head = standingPlace(oblique, boardBox(oblique, [5, 6], 1.7, 0.8), SIZE)!;
    expect(sigmaMetres(head)).toBeGreaterThan(1.3 * sigmaMetres(feet));
  });

  it('not at all above the horizon', () => {
    const level = calibrate({ ...OBLIQUE, pitchDownDegrees: 5 }, SIZE);
    expect(standingPlace(level, [600, 10, 620, 60], SIZE)).toBeUndefined();
  });
});

describe('a box that shows no more than a part of somebody', () => {
  /** As slim as a child's: an adult seen from the side, without the lower part. */
  function slimBox(place: FloorPoint, hiddenShare: number): BoxXyxy {
    const [left, top, right, bottom] = bodyBoxOf(oblique, place, 1.68);
    const inset = 0.2 * (right - left);
    return [left + inset, top, right - inset, bottom - hiddenShare * (bottom - top)];
  }

  it.each<[string, number]>([
    ['but the ankles', 0.12],
    ['but the shins', 0.25],
    ['but the legs', 0.5],
  ])('all %s: is not surer of the place than it may be', (_, hiddenShare) => {
    const truth: FloorPoint = [5, 5];
    const found = standingPlace(oblique, slimBox(truth, hiddenShare), SIZE);
    expect(offCm(found, truth)).toBeLessThan(300 * sigmaMetres(found!));
  });

  it('is much less sure of it than a box that shows all of them', () => {
    const whole = standingPlace(oblique, slimBox([5, 5], 0), SIZE)!;
    const most = standingPlace(oblique, slimBox([5, 5], 0.2), SIZE)!;
    expect(sigmaMetres(most)).toBeGreaterThan(2 * sigmaMetres(whole));
  });
});

import { describe, expect, it } from 'vitest';
import type { PointsCalibration, PoseCalibration } from '../../config/floor-schema.ts';
import { UserError } from '../../runtime/errors.ts';
import { calibrate } from './calibration.ts';
import { solvePoints } from './points-calibration.ts';
import type { FloorPoint } from './sighting.ts';

const SIZE = { width: 1280, height: 720 };
const POSE: PoseCalibration = {
  kind: 'pose',
  place: [5, 10],
  heightMetres: 3.2,
  bearingDegrees: 20,
  pitchDownDegrees: 32,
  rollDegrees: 2,
  horizontalFieldOfViewDegrees: 80,
};
const OBLIQUE = calibrate(POSE, SIZE);
const DOWN = calibrate({ ...POSE, pitchDownDegrees: 90, rollDegrees: 0 }, SIZE);
const FOUR: FloorPoint[] = [
  [5, 8],
  [8, 7.5],
  [9, 2],
  [5, 3],
];
const SIX: FloorPoint[] = [...FOUR, [7, 5], [5.5, 5.5]];
const BELOW: FloorPoint[] = [
  [4, 9],
  [6, 9.2],
  [6, 11],
  [4.2, 11],
  [5, 10.2],
  [4.5, 9.6],
];

type Points = { image: [number, number]; floor: [number, number] }[];

/** As a person marks them: up to so many pixels beside the truth, always the same ones. */
function marked(places: readonly FloorPoint[], pixels = 0, camera = OBLIQUE): Points {
  return places.map((floor, index) => {
    const [x, y] = camera.toImage(floor)!;
    const off = (seed: number): number => pixels * (((index * 37 + seed * 61) % 21) / 10 - 1);
    return { image: [(x + off(1)) / SIZE.width, (y + off(2)) / SIZE.height], floor: [...floor] };
  });
}

function exchanged(points: Points, one: number, other: number): Points {
  return points.map((point, index) => ({
    ...point,
    floor: points[index === one ? other : index === other ? one : index]!.floor,
  }));
}

function moved(points: Points, which: number, by: FloorPoint): Points {
  return points.map(({ image, floor }, index) =>
    index === which ? { image, floor: [floor[0] + by[0], floor[1] + by[1]] } : { image, floor },
  );
}

const solve = (points: Points, more: Partial<PointsCalibration> = {}) =>
  solvePoints({ kind: 'points', points, ...more }, SIZE);

describe('good points', () => {
  it.each<[string, Points, Partial<PointsCalibration>, number]>([
    ['four, exact', marked(FOUR), {}, 0.01],
    ['six, exact', marked(SIX), {}, 0.01],
    ['four, marked to two pixels', marked(FOUR, 2), {}, 0.1],
    ['six, marked to two pixels', marked(SIX, 2), {}, 0.1],
    [
      'straight down, with the field of view',
      marked(BELOW, 1, DOWN),
      { horizontalFieldOfViewDegrees: 80 },
      0.05,
    ],
  ])('%s: the camera comes out, heights and all', (_, points, more, withinMetres) => {
    const { calibration, fault, suspect } = solve(points, more);
    expect(fault).toBeUndefined();
    expect(suspect).toBeUndefined();
    expect(Math.abs(calibration!.heightMetres! - 3.2)).toBeLessThan(withinMetres);
    expect(Math.hypot(calibration!.place![0] - 5, calibration!.place![1] - 10)).toBeLessThan(
      2 * withinMetres,
    );
    // A head over the floor.
    const truth = points[0]!.floor;
    const camera = more.horizontalFieldOfViewDegrees === undefined ? OBLIQUE : DOWN;
    const head = calibration!.toFloor(camera.toImage(truth, 1.7)!, 1.7)!;
    expect(Math.hypot(head[0] - truth[0], head[1] - truth[1])).toBeLessThan(withinMetres + 0.02);
  });

  it('through a bending lens, when its distortion is given', () => {
    const distortion = { k1: -0.2, k2: 0.03 };
    const bent = calibrate({ ...POSE, distortion }, SIZE);
    const { calibration, residualsCm } = solve(marked(SIX, 0, bent), { distortion });
    expect(Math.max(...residualsCm.map((residual) => residual ?? Infinity))).toBeLessThan(0.01);
    expect(calibration?.heightMetres).toBeCloseTo(3.2, 4);
  });

  it('says that four points fit almost always', () => {
    expect(solve(marked(FOUR)).calibration?.warnings.join()).toContain('mark two more');
    expect(solve(marked(SIX)).calibration?.warnings).toEqual([]);
  });
});

describe('points that are unusable say so', () => {
  it.each<[string, Points, string[]]>([
    [
      'all on one line',
      marked([
        [5, 8],
        [5.5, 6],
        [6, 4],
        [6.5, 2],
      ]),
      ['no three lie on one line', 'points on a line'],
    ],
    [
      'three of four on one line',
      marked([
        [5, 8],
        [5.5, 6],
        [6, 4],
        [8, 5],
      ]),
      ['points on a line (1, 2, 3)'],
    ],
    ['one marked twice', marked([...FOUR, [5, 3]]), ['points 4 and 5 at the same place', 'remove it']],
    [
      'across and down exchanged',
      marked(SIX).map(({ image, floor: [x, y] }) => ({ image, floor: [y, x] })),
      ['mirrored', 'across first'],
    ],
    ['two exchanged', exchanged(marked(FOUR), 0, 1), ['horizon', 'two points were exchanged']],
    [
      'all in a corner of the picture',
      marked([
        [5, 5],
        [5.4, 5],
        [5.4, 4.6],
        [5, 4.6],
      ]),
      ['spread over the floor', 'far apart'],
    ],
    [
      'one of six a metre and a half away',
      moved(marked(SIX, 1), 2, [-1, 1]),
      ['point 3', 'mark point 3 again'],
    ],
    ['one of six three metres away', moved(marked(SIX, 1), 4, [3, 0]), ['point 5', 'mark point 5 again']],
  ])('%s', (_, points, parts) => {
    const { fault } = solve(points);
    const said = `${fault?.expected} ${fault?.found} ${fault?.next}`;
    for (const part of parts) expect(said).toContain(part);
    const start = (): unknown => calibrate({ kind: 'points', points }, SIZE, 'cameras[2].calibration');
    expect(start).toThrow(UserError);
    expect(start).toThrow(
      `cameras[2].calibration.points: expected ${fault?.expected}, found ${fault?.found}.`,
    );
  });

  it('leaving each out in turn shows the wrong one, which the residuals alone do not', () => {
    const { leaveOneOutCm, residualsCm, suspect } = solve(moved(marked(SIX, 1), 2, [-1, 1]));
    expect(suspect).toBe(2);
    expect(leaveOneOutCm![2]).toBeGreaterThan(100);
    expect(Math.max(...leaveOneOutCm!.filter((_, index) => index !== 2).map((off) => off ?? 0))).toBeLessThan(
      60,
    );
    expect(residualsCm.indexOf(Math.max(...residualsCm.map((off) => off ?? 0)))).not.toBe(2);
  });
});

describe('where heights cannot be known', () => {
  it('straight down without the field of view: the floor is right, heads have no place', () => {
    const { calibration, fault } = solve(marked(BELOW, 1, DOWN));
    expect(fault).toBeUndefined();
    expect(calibration?.heightMetres).toBeUndefined();
    expect(calibration?.warnings.join()).toContain('horizontalFieldOfViewDegrees');
    const pixel = DOWN.toImage([5.5, 10.5])!;
    expect(calibration?.toFloor(pixel)).toEqual([expect.closeTo(5.5, 1), expect.closeTo(10.5, 1)]);
    expect(calibration?.toFloor(pixel, 1.7)).toBeUndefined();
    expect(calibration?.toImage([5.5, 10.5], 1.7)).toBeUndefined();
  });

  it('a picture that was stretched: the floor is right and heights are not guessed', () => {
    const more: FloorPoint[] = [...SIX, [6, 7], [8, 4], [6.5, 2.5]];
    const stretched = marked(more).map(({ image: [x, y], floor }) => ({
      image: [x * 0.5 + 0.45, y] as [number, number],
      floor,
    }));
    const { calibration, fault } = solve(stretched);
    expect(fault).toBeUndefined();
    expect(calibration?.heightMetres).toBeUndefined();
    expect(Math.max(...calibration!.residualsCm!)).toBeLessThan(1);
  });
});

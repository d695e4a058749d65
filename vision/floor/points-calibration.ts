import type { PointsCalibration } from '../../config/floor-schema.ts';
import { cameraFromPoints, knownFocal, raysOf, type PointPair } from './camera-from-points.ts';
import { lensOf } from './distortion.ts';
import { floorView } from './floor-view.ts';
import { applyHomography, solveHomography } from './homography.ts';
import { column, determinant } from './matrix3.ts';
import { intrinsicsOf, pinholeCalibration, type FloorCalibration, type PictureSize } from './pinhole.ts';
import { layoutFault, pictureShare, type CalibrationFault } from './point-layout.ts';

/** What came of solving points, good or bad, so that a person can see which point to mend. */
export interface PointsSolution {
  /** The best that the points give; it must not be used while there is a fault. */
  readonly calibration: FloorCalibration | undefined;
  /** Why it is unusable; undefined when it is usable. */
  readonly fault: CalibrationFault | undefined;
  /** How far each point falls from its place on the plan; null where it falls nowhere. */
  readonly residualsCm: readonly (number | null)[];
  /** How far the camera that the others give puts each point; undefined with four points, which are needed all. */
  readonly leaveOneOutCm: readonly (number | null)[] | undefined;
  /** The point that is most likely wrong, when one is. */
  readonly suspect: number | undefined;
}

/** Root of the mean squared residual. Above it the calibration is refused; two shoppers would change places. */
export const UNUSABLE_CM = 40;
/** Above it somebody should look again: half of what a position may be wrong by in all. */
export const DOUBTFUL_CM = 15;
/** A focal length less sure than this says nothing about heights. */
const LEAST_SURE_FOCAL = 0.2;
const RATHER_UNSURE_FOCAL = 0.1;
/** Beneath it, little of the picture is between the points, and places elsewhere are guesses. */
const SMALL_SHARE = 0.08;
const TINY_SHARE = 0.01;
/** Without the wrong point the others agree so many times better. */
const TELLING_RATIO = 3;
/** More pairs than the homography needs by this many tell a cropped picture from a wrong point. */
const PAIRS_TO_TELL_CROPPING = 6;
const USUAL_FOCAL_IN_WIDTHS = 0.7;
/** How cameras hang in shops, and what their lenses see. */
const LOWEST_METRES = 1.5;
const HIGHEST_METRES = 12;
const NARROWEST_DEGREES = 25;
const WIDEST_DEGREES = 130;

/** Solves a calibration by points and says how good it is. Never throws for what a person marked. */
export function solvePoints(setting: PointsCalibration, size: PictureSize): PointsSolution {
  const pairs = setting.points.map(({ image, floor }): PointPair => ({
    image: [image[0] * size.width, image[1] * size.height],
    floor,
  }));
  const whole = judge(pairs, setting, size);
  const without =
    pairs.length < 5
      ? undefined
      : pairs.map((_, index) =>
          judge(
            pairs.filter((__, at) => at !== index),
            setting,
            size,
          ),
        );
  const layout = layoutFault(pairs, size);
  const suspect = layout === undefined && without ? suspectOf(whole, without) : undefined;
  const { view, fault } = whole;
  const leaveOneOutCm = without?.map(({ view: others }, index) => offCm(others, pairs[index]!));
  const residualsCm = pairs.map((pair) => offCm(view, pair));
  const off = suspect === undefined ? undefined : leaveOneOutCm?.[suspect];
  const odd = suspect === undefined ? undefined : faultOf(suspect, without![suspect]!, off);
  const isFar = odd !== undefined && (off ?? Infinity) > UNUSABLE_CM;
  return {
    calibration: view && {
      ...view,
      warnings: [...whole.warnings, ...generalWarnings(pairs, size, whole.rmsCm, odd?.found)],
      residualsCm: residualsCm.map((residual) => residual ?? Infinity),
    },
    fault: isFar || (fault !== undefined && odd !== undefined) ? odd : fault,
    residualsCm,
    leaveOneOutCm,
    suspect,
  };
}

/** One point against the others. */
function faultOf(suspect: number, without: Judgement, off: number | null | undefined): CalibrationFault {
  const far = off === null || off === undefined ? 'elsewhere' : `${cm(off)} away`;
  return {
    expected: 'points that agree',
    found: `point ${suspect + 1}, which the others see ${far}; they agree among themselves to ${cm(without.rmsCm)}`,
    next: `mark point ${suspect + 1} again, in the picture and on the plan`,
  };
}

interface Judgement {
  readonly view: FloorCalibration | undefined;
  readonly rmsCm: number;
  readonly fault: CalibrationFault | undefined;
  readonly warnings: readonly string[];
}

function judge(pairs: readonly PointPair[], setting: PointsCalibration, size: PictureSize): Judgement {
  const broken = layoutFault(pairs, size) ?? sideFault(pairs, setting, size);
  if (broken !== undefined) return { view: undefined, rmsCm: Infinity, fault: broken, warnings: [] };
  const { view, warnings } = fitView(pairs, setting, size);
  if (view === undefined) {
    return {
      view,
      rmsCm: Infinity,
      fault: {
        expected: 'points that some camera could have seen so',
        found: 'points that fit no camera',
        next:
          setting.distortion !== undefined && setting.horizontalFieldOfViewDegrees === undefined
            ? 'name horizontalFieldOfViewDegrees beside the distortion, which counts in focal lengths, or mark the points again'
            : 'mark the points again, one by one, and compare each with the plan',
      },
      warnings,
    };
  }
  const offs = pairs.map((pair) => offCm(view, pair) ?? Infinity);
  const rmsCm = Math.sqrt(offs.reduce((sum, off) => sum + off * off, 0) / offs.length);
  return { view, rmsCm, fault: sizeFault(pairs, size) ?? residualFault(rmsCm, offs), warnings };
}

/** A camera with its height where the points tell one, otherwise the floor alone. */
function fitView(
  pairs: readonly PointPair[],
  setting: PointsCalibration,
  size: PictureSize,
): { readonly view: FloorCalibration | undefined; readonly warnings: readonly string[] } {
  const { distortion, horizontalFieldOfViewDegrees: fieldOfView } = setting;
  const camera = cameraFromPoints(pairs, size, distortion, fieldOfView);
  const plane = distortion === undefined ? planeView(pairs) : undefined;
  if (camera === undefined || camera.focalSigma > LEAST_SURE_FOCAL) {
    const unknown =
      'the points do not tell the focal length, as when a camera looks straight down: heights are unknown and nobody is found by the head; name horizontalFieldOfViewDegrees, or mark points at more distances';
    return { view: plane, warnings: [unknown] };
  }
  const { focalPixels, focalSigma, mounting, rmsPixels } = camera;
  const planeRms = plane && rmsInPicture(plane, pairs);
  const cropped =
    pairs.length >= PAIRS_TO_TELL_CROPPING &&
    planeRms !== undefined &&
    rmsPixels > 0.005 * size.width &&
    rmsPixels > TELLING_RATIO * planeRms;
  if (cropped) {
    const words =
      'the points lie well on a floor, but no lens before the middle of the picture shows it so: has the picture been cropped or stretched? Heights are unknown, and nobody is found by the head';
    return { view: plane, warnings: [words] };
  }
  const view = pinholeCalibration(mounting, intrinsicsOf(focalPixels, size), lensOf(distortion));
  const unsure =
    focalSigma > RATHER_UNSURE_FOCAL
      ? [`the focal length is sure to ${Math.round(focalSigma * 100)} % only: mark points nearer and farther`]
      : [];
  const odd = oddities(view, focalPixels, size);
  return { view, warnings: [...unsure, ...odd] };
}

/** What points that fit can still give away about themselves. */
function oddities(
  { heightMetres = 0 }: FloorCalibration,
  focalPixels: number,
  { width }: PictureSize,
): string[] {
  const degrees = (2 * Math.atan(width / 2 / focalPixels) * 180) / Math.PI;
  const odd: string[] = [];
  if (heightMetres < LOWEST_METRES || heightMetres > HIGHEST_METRES)
    odd.push(
      `by these points the camera hangs ${heightMetres.toFixed(2)} m high; if it does not, one is wrong`,
    );
  if (degrees < NARROWEST_DEGREES || degrees > WIDEST_DEGREES)
    odd.push(
      `by these points the lens sees ${degrees.toFixed(0)}° from left to right; if it does not, one is wrong`,
    );
  return odd;
}

function planeView(pairs: readonly PointPair[]): FloorCalibration | undefined {
  const map = solveHomography(
    pairs.map(({ floor }) => floor),
    pairs.map(({ image }) => image),
  );
  if (map === undefined) return undefined;
  const view = floorView(
    { across: column(map, 0), down: column(map, 1), origin: column(map, 2), up: undefined },
    {
      intrinsics: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
  );
  const unknown = { place: undefined, heightMetres: undefined, pose: undefined, focalPixels: undefined };
  return { ...view, ...unknown, warnings: [] };
}

/** A camera above the floor sees its points in the plan's sense of rotation, and all of them below the horizon. */
function sideFault(
  pairs: readonly PointPair[],
  { distortion, horizontalFieldOfViewDegrees }: PointsCalibration,
  size: PictureSize,
): CalibrationFault | undefined {
  const focal =
    knownFocal(size, distortion, horizontalFieldOfViewDegrees) ?? USUAL_FOCAL_IN_WIDTHS * size.width;
  const floor = pairs.map((pair) => pair.floor);
  const rays = raysOf(pairs, size, distortion, focal);
  const map = rays && solveHomography(floor, rays);
  if (map === undefined) {
    return {
      expected: 'points that lie on a floor',
      found: 'points that fit no floor',
      next: 'mark the points again, one by one, and compare each with the plan',
    };
  }
  const behind = floor.findIndex((point) => applyHomography(map, point) === undefined);
  if (behind >= 0) {
    return {
      expected: 'points that all lie before the camera, below the horizon',
      found: `points on both sides of the horizon; point ${behind + 1} would be behind the camera`,
      next: 'look whether two points were exchanged, or one stands elsewhere on the plan',
    };
  }
  if (determinant(map) > 0) return undefined;
  return {
    expected: 'points that go round the same way in the picture and on the plan',
    found: 'a mirrored floor, as if seen from below',
    next: 'look whether two points were exchanged, or across and down on the plan (across first, down from the upper edge)',
  };
}

function sizeFault(pairs: readonly PointPair[], size: PictureSize): CalibrationFault | undefined {
  const share = pictureShare(pairs, size);
  if (share >= TINY_SHARE) return undefined;
  return {
    expected: `points spread over the floor that the camera sees, at least over ${TINY_SHARE * 100} % of the picture`,
    found: `points that enclose ${(share * 100).toFixed(2)} % of it`,
    next: 'choose points far apart from each other: corners of fixtures, of the door, of tiles',
  };
}

function residualFault(rmsCm: number, offs: readonly number[]): CalibrationFault | undefined {
  if (rmsCm <= UNUSABLE_CM) return undefined;
  return {
    expected: `points that agree to ${UNUSABLE_CM} cm`,
    found: `points that are ${cm(rmsCm)} off (point ${offs.indexOf(Math.max(...offs)) + 1} the most)`,
    next: 'mark the points again, one by one, and compare each with the plan',
  };
}

function generalWarnings(
  pairs: readonly PointPair[],
  size: PictureSize,
  rmsCm: number,
  odd: string | undefined,
): string[] {
  const warnings: string[] = [];
  if (rmsCm > DOUBTFUL_CM) warnings.push(`the points are ${cm(rmsCm)} off`);
  if (odd !== undefined) warnings.push(`one point does not fit: ${odd}`);
  const share = pictureShare(pairs, size);
  if (share < SMALL_SHARE) {
    warnings.push(
      `the points enclose ${Math.round(share * 100)} % of the picture: places elsewhere are unsure; add points there`,
    );
  }
  if (pairs.length === 4) {
    warnings.push(
      'four points fit almost always, even with a wrong one among them: mark two more to be sure',
    );
  }
  return warnings;
}

/** The one without which the others agree far better. */
function suspectOf(whole: Judgement, without: readonly Judgement[]): number | undefined {
  const rms = without.map(({ rmsCm, fault }) => (fault === undefined ? rmsCm : Infinity));
  const least = Math.min(...rms);
  if (least === Infinity) return undefined;
  const isWorse = whole.fault !== undefined || whole.rmsCm > DOUBTFUL_CM / 3;
  return isWorse && least * TELLING_RATIO < whole.rmsCm ? rms.indexOf(least) : undefined;
}

function offCm(view: FloorCalibration | undefined, { image, floor }: PointPair): number | null {
  const place = view?.toFloor(image);
  return place === undefined ? null : 100 * Math.hypot(place[0] - floor[0], place[1] - floor[1]);
}

function rmsInPicture(view: FloorCalibration, pairs: readonly PointPair[]): number {
  const squares = pairs.map(({ image, floor }) => {
    const seen = view.toImage(floor);
    return seen === undefined ? Infinity : (seen[0] - image[0]) ** 2 + (seen[1] - image[1]) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / pairs.length);
}

function cm(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} cm`;
}

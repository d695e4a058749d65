import type { Distortion } from '../../config/floor-schema.ts';
import type { Point } from '../faces/geometry.ts';
import { halfWidthInFocals, middleOf, type Mounting } from './camera-pose.ts';
import { lensOf } from './distortion.ts';
import { solveHomography } from './homography.ts';
import { leastSquares } from './least-squares.ts';
import {
  add,
  column,
  cross,
  fromColumns,
  multiply,
  nearestRotation,
  norm,
  rotationOf,
  scale,
  solveSymmetric,
  transform,
  type Matrix3,
  type Vector3,
} from './matrix3.ts';
import type { PictureSize } from './pinhole.ts';
import type { FloorPoint } from './sighting.ts';

/** The same point in the picture, in pixels, and on the plan. */
export interface PointPair {
  readonly image: Point;
  readonly floor: FloorPoint;
}

/** A camera with square pixels and the lens before the middle of the picture. */
export interface CameraFromPoints {
  readonly mounting: Mounting;
  readonly focalPixels: number;
  /** How sure the focal length is, as a share of it; 0 when it was given. */
  readonly focalSigma: number;
  /** Root of the mean squared error in the picture. */
  readonly rmsPixels: number;
}

/** Lenses of shops' cameras in widths of the picture: from 118 to 19 degrees. The search begins at several of them. */
const FOCALS_IN_WIDTHS = [0.3, 0.6, 1.2, 3];
/** Nobody marks a point better, as a share of the picture's width. */
const MARKING_SHARE = 0.0015;

/**
 * The camera under which the points fall nearest to where they were marked: focal length (unless the field of view is
 * given) and pose. The first guess comes from the homography and the constraints of Z. Zhang, A flexible new technique for
 * camera calibration, IEEE PAMI 22(11), 2000; several others are tried beside it. Undefined when no camera fits.
 */
export function cameraFromPoints(
  pairs: readonly PointPair[],
  size: PictureSize,
  distortion: Distortion | undefined,
  horizontalFieldOfViewDegrees: number | undefined,
): CameraFromPoints | undefined {
  const known = knownFocal(size, distortion, horizontalFieldOfViewDegrees);
  const focals =
    known === undefined
      ? [...FOCALS_IN_WIDTHS.map((widths) => widths * size.width), ...zhangFocal(pairs, size)]
      : [known];
  let best: CameraFromPoints | undefined;
  for (const focal of focals) {
    const found = refine(pairs, size, distortion, focal, known !== undefined);
    if (found !== undefined && !(found.rmsPixels >= (best?.rmsPixels ?? Infinity))) best = found;
  }
  return best;
}

/** In pixels, from the field of view; undefined when it is not given. */
export function knownFocal(
  size: PictureSize,
  distortion: Distortion | undefined,
  horizontalFieldOfViewDegrees: number | undefined,
): number | undefined {
  if (horizontalFieldOfViewDegrees === undefined) return undefined;
  const edge = lensOf(distortion).bend([halfWidthInFocals(horizontalFieldOfViewDegrees), 0]);
  return edge && size.width / 2 / edge[0];
}

/** Zhang's two constraints on 1/f², together; none where they give no real focal length. */
function zhangFocal(pairs: readonly PointPair[], size: PictureSize): number[] {
  const [x, y] = middleOf(size);
  const map = solveHomography(
    pairs.map(({ floor }) => floor),
    pairs.map(({ image }): Point => [(image[0] - x) / size.width, (image[1] - y) / size.width]),
  );
  if (map === undefined) return [];
  const [a, b] = [column(map, 0), column(map, 1)];
  const orthogonal = [a[0] * b[0] + a[1] * b[1], a[2] * b[2]] as const;
  const equal = [a[0] ** 2 + a[1] ** 2 - b[0] ** 2 - b[1] ** 2, a[2] ** 2 - b[2] ** 2] as const;
  const inverseSquare =
    -(orthogonal[0] * orthogonal[1] + equal[0] * equal[1]) / (orthogonal[0] ** 2 + equal[0] ** 2);
  return inverseSquare > 0.01 && inverseSquare < 100 ? [size.width / Math.sqrt(inverseSquare)] : [];
}

function refine(
  pairs: readonly PointPair[],
  size: PictureSize,
  distortion: Distortion | undefined,
  firstFocal: number,
  focalGiven: boolean,
): CameraFromPoints | undefined {
  const first = firstMounting(pairs, size, distortion, firstFocal);
  if (first === undefined) return undefined;
  const lens = lensOf(distortion);
  const middle = middleOf(size);
  const asCamera = (state: readonly number[]): Mounting & { focal: number } => {
    const [a, b, c, x, y, z, logFocal] = state as [number, number, number, number, number, number, number];
    return {
      rotation: multiply(rotationOf([a, b, c]), first.rotation),
      translation: [x, y, z],
      focal: focalGiven ? firstFocal : firstFocal * Math.exp(logFocal),
    };
  };
  const solution = leastSquares(
    (state) => {
      const { rotation, translation, focal } = asCamera(state);
      const errors: number[] = [];
      for (const { image, floor } of pairs) {
        const [x, y, ahead] = add(transform(rotation, [floor[0], floor[1], 0]), translation);
        const bent = ahead > 0 ? lens.bend([x / ahead, y / ahead]) : undefined;
        if (bent === undefined) return undefined;
        errors.push(middle[0] + focal * bent[0] - image[0], middle[1] + focal * bent[1] - image[1]);
      }
      return errors;
    },
    [0, 0, 0, ...first.translation, ...(focalGiven ? [] : [0])],
  );
  if (solution === undefined) return undefined;
  const { rotation, translation, focal } = asCamera(solution.state);
  const rmsPixels = Math.sqrt(solution.cost / pairs.length);
  const sigmaPixels = Math.max(rmsPixels, MARKING_SHARE * size.width);
  const variance = focalGiven ? 0 : (solveSymmetric(solution.normal, [0, 0, 0, 0, 0, 0, 1])?.[6] ?? Infinity);
  const focalSigma = sigmaPixels * Math.sqrt(variance);
  return { mounting: { rotation, translation }, focalPixels: focal, focalSigma, rmsPixels };
}

/** With the focal length, the homography's columns are those of the rotation and the translation, but for their scale. */
function firstMounting(
  pairs: readonly PointPair[],
  size: PictureSize,
  distortion: Distortion | undefined,
  focal: number,
): Mounting | undefined {
  const rays = raysOf(pairs, size, distortion, focal);
  const map =
    rays &&
    solveHomography(
      pairs.map(({ floor }) => floor),
      rays,
    );
  if (map === undefined) return undefined;
  const [a, b] = [column(map, 0), column(map, 1)];
  const length = 2 / (norm(a) + norm(b));
  const [right, down]: [Vector3, Vector3] = [scale(a, length), scale(b, length)];
  const into = cross(right, down);
  if (!(norm(into) > 1e-9)) return undefined;
  const rotation: Matrix3 = nearestRotation(fromColumns(right, down, scale(into, 1 / norm(into))));
  return { rotation, translation: scale(column(map, 2), length) };
}

/** Where each point is seen, in focal lengths from the middle; undefined when the lens cannot have shown one of them. */
export function raysOf(
  pairs: readonly PointPair[],
  size: PictureSize,
  distortion: Distortion | undefined,
  focal: number,
): Point[] | undefined {
  const lens = lensOf(distortion);
  const [x, y] = middleOf(size);
  const rays: Point[] = [];
  for (const { image } of pairs) {
    const ray = lens.straighten([(image[0] - x) / focal, (image[1] - y) / focal]);
    if (ray === undefined) return undefined;
    rays.push(ray);
  }
  return rays;
}

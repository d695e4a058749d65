import type {
  Calibration,
  MatrixCalibration,
  PointsCalibration,
  PoseCalibration,
} from '../../config/floor-schema.ts';
import { UserError } from '../../runtime/errors.ts';
import { halfWidthInFocals, mountingOf, poseOf } from './camera-pose.ts';
import { lensOf, type Lens } from './distortion.ts';
import { determinant, multiply, nearestRotation, norm, transpose, type Matrix3 } from './matrix3.ts';
import { intrinsicsOf, pinholeCalibration, type FloorCalibration, type PictureSize } from './pinhole.ts';
import { solvePoints } from './points-calibration.ts';

export type { FloorCalibration, PictureSize } from './pinhole.ts';

/** K, R and t are written with few digits; what is farther from a rotation is none. */
const ROTATION_TOLERANCE = 0.01;
/** Nobody hangs a camera higher over a shop; in millimetres or feet everybody does. */
const HIGHEST_METRES = 40;

/**
 * The calibration of a camera, ready for use.
 * @param setting as the configuration has it; image points are fractions of the picture
 * @param size of the picture in pixels
 * @param where the key path of the calibration, for messages
 * @throws UserError `calibration.unusable`: what was expected, what was found, what to do
 */
export function calibrate(setting: Calibration, size: PictureSize, where = 'calibration'): FloorCalibration {
  switch (setting.kind) {
    case 'points':
      return fromPoints(setting, size, where);
    case 'pose':
      return fromPose(setting, size, where);
    case 'matrix':
      return fromMatrix(setting, size, where);
  }
}

function fromPoints(setting: PointsCalibration, size: PictureSize, where: string): FloorCalibration {
  const { calibration, fault } = solvePoints(setting, size);
  if (fault !== undefined) throw unusable(`${where}.points`, fault.expected, fault.found, fault.next);
  if (calibration === undefined) throw new TypeError('points without a fault gave no calibration');
  return calibration;
}

function fromPose(setting: PoseCalibration, size: PictureSize, where: string): FloorCalibration {
  const lens = lensOf(setting.distortion);
  const edge = lens.bend([halfWidthInFocals(setting.horizontalFieldOfViewDegrees), 0]);
  if (edge === undefined) {
    throw unusable(
      `${where}.distortion`,
      'a distortion that holds over the whole picture',
      `k1 ${setting.distortion?.k1 ?? 0} and k2 ${setting.distortion?.k2 ?? 0}, with which the lens would fold the picture before its edge`,
      'measure the distortion again, or narrow horizontalFieldOfViewDegrees',
    );
  }
  const focal = size.width / 2 / edge[0];
  const calibration = pinholeCalibration(mountingOf(setting), intrinsicsOf(focal, size), lens);
  return requireWholePicture(calibration, lens, focal, size, where);
}

function fromMatrix(setting: MatrixCalibration, size: PictureSize, where: string): FloorCalibration {
  const { intrinsics, rotation, translation } = setting;
  checkIntrinsics(intrinsics, size, `${where}.intrinsics`);
  const mounting = { rotation: requireRotation(rotation, `${where}.rotation`), translation };
  const { heightMetres } = poseOf(mounting);
  if (heightMetres <= 0) {
    throw unusable(
      `${where}.rotation`,
      'a camera above the floor; the third axis of the floor plan points into the ground',
      `a camera ${(-heightMetres).toFixed(2)} m below it`,
      'if your third axis points up, negate it and one of the other two: change the sign of the third and the second column of R, and exchange nothing else; then give the points of the plan in those axes',
    );
  }
  if (heightMetres > HIGHEST_METRES) {
    throw unusable(
      `${where}.translation`,
      't in metres',
      `a camera ${heightMetres.toFixed(0)} m above the floor`,
      'divide t by 1000 if it is in millimetres',
    );
  }
  const lens = lensOf(setting.distortion);
  const calibration = pinholeCalibration(mounting, intrinsics, lens);
  if (!seesFloor(calibration, size)) {
    throw unusable(
      where,
      'a camera that sees some of the floor',
      'no pixel of its picture that shows the floor',
      'check R: its rows are the right, down and ahead of the camera in the axes of the floor plan',
    );
  }
  return requireWholePicture(calibration, lens, intrinsics[0][0], size, where);
}

function unusable(where: string, expected: string, found: string, next: string): UserError {
  return new UserError(
    'calibration.unusable',
    `${where}: expected ${expected}, found ${found}.`,
    `${next.charAt(0).toUpperCase()}${next.slice(1)}.`,
  );
}

/** A lens whose formula ends before the picture's corner leaves blind corners; one that ends before its edge is wrong. */
function requireWholePicture(
  calibration: FloorCalibration,
  lens: Lens,
  focal: number,
  size: PictureSize,
  where: string,
): FloorCalibration {
  const [x, y] = [size.width / 2 / focal, size.height / 2 / focal];
  if (lens.straighten([x, 0]) === undefined || lens.straighten([0, y]) === undefined) {
    throw unusable(
      `${where}.distortion`,
      'a distortion that holds over the whole picture',
      'one whose formula turns back on itself before the edge of the picture',
      'measure the distortion again; r counts in focal lengths from the middle, not in pixels',
    );
  }
  if (lens.straighten([x, y]) !== undefined) return calibration;
  const corners = 'the distortion does not reach the corners of the picture: nobody has a place there';
  return { ...calibration, warnings: [...calibration.warnings, corners] };
}

function seesFloor(calibration: FloorCalibration, { width, height }: PictureSize): boolean {
  const middle: readonly [number, number] = [width / 2, height / 2];
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const;
  return [middle, ...corners].some((pixel) => calibration.toFloor(pixel) !== undefined);
}

function checkIntrinsics(matrix: Matrix3, size: PictureSize, where: string): void {
  const [[fx, , cx], [below, fy, cy], [zero, nought, one]] = matrix;
  const inside = cx > 0 && cx < size.width && cy > 0 && cy < size.height;
  if (fx > 0 && fy > 0 && below === 0 && zero === 0 && nought === 0 && one === 1 && inside) return;
  throw unusable(
    where,
    `K = [[fx, skew, cx], [0, fy, cy], [0, 0, 1]] in pixels of a picture of ${size.width}x${size.height}, with (cx, cy) inside of it`,
    JSON.stringify(matrix),
    'write K in pixels of the size that the camera sends; when the picture was made smaller, make fx, fy, cx and cy smaller too',
  );
}

/** Takes the rounding off. */
function requireRotation(matrix: Matrix3, where: string): Matrix3 {
  const product = multiply(matrix, transpose(matrix));
  const off = Math.max(
    ...product.flatMap((row, i) => row.map((value, j) => Math.abs(value - (i === j ? 1 : 0)))),
  );
  if (!(off <= ROTATION_TOLERANCE)) {
    throw unusable(
      where,
      'a rotation: rows of length one at right angles to each other',
      `rows of length ${matrix.map((row) => norm(row).toFixed(3)).join(', ')} whose products are up to ${off.toFixed(3)} off`,
      'copy R with all of its digits',
    );
  }
  if (determinant(matrix) < 0) {
    throw unusable(
      where,
      'a rotation',
      'a rotation with a reflection (its determinant is -1): the floor would be seen in a mirror',
      'use a floor plan whose third axis points into the ground, and change the sign of that column',
    );
  }
  return nearestRotation(matrix);
}

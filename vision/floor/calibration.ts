import type { Calibration, MatrixCalibration, PoseCalibration } from '../../config/floor-schema.ts';
import { UserError } from '../../runtime/errors.ts';
import { halfWidthInFocals, middleOf, mountingOf, poseOf, type Mounting, type Pose } from './camera-pose.ts';
import { lensOf, type Lens } from './distortion.ts';
import { floorView, type FloorView, type Projection } from './floor-view.ts';
import {
  column,
  determinant,
  multiply,
  norm,
  scale,
  transpose,
  type Matrix3,
  type Vector3,
} from './matrix3.ts';
import type { FloorPoint } from './sighting.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * A camera that knows how its picture lies on the floor plan. Pixels are counted from the picture's top left corner,
 * metres from the plan's; a calibration that is unusable is thrown by `calibrate` and never returned.
 */
export interface FloorCalibration extends FloorView {
  /** Where the camera hangs on the plan; undefined where its points do not tell (see `heights` in the README). */
  readonly place: FloorPoint | undefined;
  /** Of the lens above the floor; undefined as `place`. Then `toFloor` and `toImage` know the floor itself only. */
  readonly heightMetres: number | undefined;
  /** Where it looks; undefined as `place`. */
  readonly pose: Pose | undefined;
  readonly focalPixels: number | undefined;
  /** Of a `points` calibration, in the order of its points: how far each falls from its place on the plan. */
  readonly residualsCm?: readonly number[];
  /** What is doubtful though usable, in words for who set the camera up. */
  readonly warnings: readonly string[];
}

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
export function calibrate(
  setting: Exclude<Calibration, { kind: 'points' }>,
  size: PictureSize,
  where = 'calibration',
): FloorCalibration {
  switch (setting.kind) {
    case 'pose':
      return fromPose(setting, size, where);
    case 'matrix':
      return fromMatrix(setting, size, where);
  }
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
  const mounting = { rotation: nearestRotation(rotation, `${where}.rotation`), translation };
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

/** A camera whose optics and mounting are known. */
export function pinholeCalibration(mounting: Mounting, intrinsics: Matrix3, lens: Lens): FloorCalibration {
  const pose = poseOf(mounting);
  return {
    ...floorView(projectionOf(mounting), { intrinsics, lens }),
    place: pose.place,
    heightMetres: pose.heightMetres,
    pose,
    focalPixels: intrinsics[0][0],
    warnings: [],
  };
}

export function projectionOf({ rotation, translation }: Mounting): Projection {
  return {
    across: column(rotation, 0),
    down: column(rotation, 1),
    up: scale(column(rotation, 2), -1),
    origin: translation,
  };
}

/** Square pixels, the lens before the middle of the picture. */
export function intrinsicsOf(focalPixels: number, size: PictureSize): Matrix3 {
  const [x, y] = middleOf(size);
  return [
    [focalPixels, 0, x],
    [0, focalPixels, y],
    [0, 0, 1],
  ];
}

export function unusable(where: string, expected: string, found: string, next: string): UserError {
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

/** Takes the rounding off: Newton's iteration to the nearest rotation (N. J. Higham, Computing the polar decomposition, 1986). */
function nearestRotation(matrix: Matrix3, where: string): Matrix3 {
  const product = multiply(matrix, transpose(matrix));
  const off = Math.max(
    ...product.flatMap((row, i) => row.map((value, j) => Math.abs(value - (i === j ? 1 : 0)))),
  );
  if (!(off <= ROTATION_TOLERANCE)) {
    throw unusable(
      where,
      'a rotation: rows of length one at right angles to each other',
      `rows of length ${matrix.map((row) => norm(row).toFixed(3)).join(', ')}${off > 0.5 ? '' : ', not at right angles'}`,
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
  let rotation = matrix;
  for (let step = 0; step < 8; step++) {
    const [a, b, c] = rotation;
    // The inverse transposed of a matrix near a rotation, from its rows.
    const volume = determinant(rotation);
    const inverse: Matrix3 = [cofactor(b, c, volume), cofactor(c, a, volume), cofactor(a, b, volume)];
    rotation = [middle(a, inverse[0]), middle(b, inverse[1]), middle(c, inverse[2])];
  }
  return rotation;
}

function cofactor(a: Vector3, b: Vector3, volume: number): Vector3 {
  return [
    (a[1] * b[2] - a[2] * b[1]) / volume,
    (a[2] * b[0] - a[0] * b[2]) / volume,
    (a[0] * b[1] - a[1] * b[0]) / volume,
  ];
}

function middle(a: Vector3, b: Vector3): Vector3 {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

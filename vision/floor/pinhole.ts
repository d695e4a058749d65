import { middleOf, poseOf, type Mounting, type Pose } from './camera-pose.ts';
import type { Lens } from './distortion.ts';
import { floorView, type FloorView, type Projection } from './floor-view.ts';
import { column, scale, type Matrix3 } from './matrix3.ts';
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

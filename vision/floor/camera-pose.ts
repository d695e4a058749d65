import type { Point } from '../faces/geometry.ts';
import { cross, dot, multiply, scale, transform, transpose, type Matrix3, type Vector3 } from './matrix3.ts';
import type { FloorPoint } from './sighting.ts';

/*
 * Axes. The floor: across, down the plan, and the third axis into the ground, so that a height above the floor is
 * negative there and the three are right-handed. The camera: right, down, ahead. A point of the shop X is at R X + t
 * before the camera.
 */

/** Where a camera is and how it is turned. */
export interface Mounting {
  readonly rotation: Matrix3;
  readonly translation: Vector3;
}

/** The same in words of a tape measure: see the configuration's `pose`. */
export interface Pose {
  readonly place: FloorPoint;
  readonly heightMetres: number;
  /** 0 up the plan, 90 to the right, clockwise. */
  readonly bearingDegrees: number;
  readonly pitchDownDegrees: number;
  /** How far what is seen is turned clockwise. */
  readonly rollDegrees: number;
}

const DEGREE = Math.PI / 180;

export function mountingOf(pose: Pose): Mounting {
  const bearing = pose.bearingDegrees * DEGREE;
  const pitch = pose.pitchDownDegrees * DEGREE;
  const roll = pose.rollDegrees * DEGREE;
  const ahead: Vector3 = [
    Math.cos(pitch) * Math.sin(bearing),
    -Math.cos(pitch) * Math.cos(bearing),
    Math.sin(pitch),
  ];
  const right: Vector3 = [Math.cos(bearing), Math.sin(bearing), 0];
  const turned: Matrix3 = [
    [Math.cos(roll), -Math.sin(roll), 0],
    [Math.sin(roll), Math.cos(roll), 0],
    [0, 0, 1],
  ];
  const rotation = multiply(turned, [right, cross(ahead, right), ahead]);
  const centre: Vector3 = [pose.place[0], pose.place[1], -pose.heightMetres];
  return { rotation, translation: scale(transform(rotation, centre), -1) };
}

/** The inverse of {@link mountingOf}. Looking straight down, the bearing is where the picture's upper edge points. */
export function poseOf({ rotation, translation }: Mounting): Pose {
  const [x, y, z] = scale(transform(transpose(rotation), translation), -1);
  const [right, down, ahead] = rotation;
  const pitchDown = Math.atan2(ahead[2], Math.hypot(ahead[0], ahead[1]));
  const level = Math.hypot(ahead[0], ahead[1]) > 1e-9;
  const bearing = level ? Math.atan2(ahead[0], -ahead[1]) : Math.atan2(-down[0], down[1]);
  const levelRight: Vector3 = [Math.cos(bearing), Math.sin(bearing), 0];
  const roll = Math.atan2(dot(down, levelRight), dot(right, levelRight));
  return {
    place: [x, y],
    heightMetres: -z,
    bearingDegrees: degrees(bearing, 0),
    pitchDownDegrees: pitchDown / DEGREE,
    rollDegrees: degrees(roll, -180),
  };
}

/** Half of the width in focal lengths, for a lens that sees so many degrees from the left edge to the right. */
export function halfWidthInFocals(horizontalFieldOfViewDegrees: number): number {
  return Math.tan((horizontalFieldOfViewDegrees * DEGREE) / 2);
}

export function middleOf(size: { readonly width: number; readonly height: number }): Point {
  return [size.width / 2, size.height / 2];
}

/** From radians to degrees in the full turn that begins at `from`. */
function degrees(radians: number, from: number): number {
  const turn = (radians / DEGREE - from) % 360;
  return (turn < 0 ? turn + 360 : turn) + from;
}

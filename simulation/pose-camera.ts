import type { PoseCalibration } from '../config/floor-schema.ts';
import { pinholeCamera, type PinholeCamera, type Place, type Projection } from './pinhole.ts';

/** A point of the floor plan, metres from its top left corner. */
export type PlanPoint = readonly [across: number, down: number];

/** A pinhole camera that hangs somewhere on the floor plan and looks somewhere. */
export interface PoseCamera {
  /** The same camera seen from its own wall: across, height, away. */
  readonly pinhole: PinholeCamera;
  readonly place: PlanPoint;
  readonly heightMetres: number;
  /** Where it sees a point above the floor plan. */
  project(place: PlanPoint, heightMetres?: number): Projection;
  /** The same in the camera's own wall: to the right of it and away from it. */
  toWall(place: PlanPoint, heightMetres?: number): Place;
  /** Metres before the lens; negative behind it. */
  depth(place: PlanPoint, heightMetres?: number): number;
}

/** What hangs where: the configuration's `pose` without what this renderer doesn't draw (roll, distortion). */
export type Pose = Pick<
  PoseCalibration,
  'place' | 'heightMetres' | 'bearingDegrees' | 'pitchDownDegrees' | 'horizontalFieldOfViewDegrees'
>;

/** The camera of a configuration's calibration of kind `pose`: pictures are rendered from exactly it. */
export function poseCamera(
  pose: Pose,
  size: { readonly width: number; readonly height: number },
): PoseCamera {
  const pinhole = pinholeCamera({ ...size, ...pose });
  const bearing = (pose.bearingDegrees * Math.PI) / 180;
  const pitch = (pose.pitchDownDegrees * Math.PI) / 180;
  const [east, south] = [Math.sin(bearing), -Math.cos(bearing)];
  const [x0, y0] = pose.place;
  const toWall = ([x, y]: PlanPoint, height = 0): Place => ({
    across: -(x - x0) * south + (y - y0) * east,
    height,
    away: (x - x0) * east + (y - y0) * south,
  });
  return {
    pinhole,
    place: [x0, y0],
    heightMetres: pose.heightMetres,
    toWall,
    project: (place, height) => pinhole.project(toWall(place, height)),
    depth: (place, height = 0) =>
      toWall(place).away * Math.cos(pitch) + (pose.heightMetres - height) * Math.sin(pitch),
  };
}

import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { boxCentre, boxWidth, type BoxXyxy } from '../faces/geometry.ts';
import type { FloorCalibration } from './pinhole.ts';
import type { CameraSighting, FloorCovariance, FloorPoint, TrackSighting } from './sighting.ts';

/** A face at a door. */
export interface DoorFace {
  readonly trackId: TrackId;
  readonly boxXyxy: BoxXyxy;
}

/** The middle of a face above the floor, of people of 1.5 to 1.9 m: metres. */
const FACE_METRES = 1.57;
const FACE_SIGMA_METRES = 0.09;
/** A face's middle is found to about a tenth of its width. */
const PIXEL_SHARE = 0.1;
/** The floor is sampled so often; a door's picture has more frames than the crowd needs. */
const EVERY_MS = 180;
/** A place less sure than this says nothing of who it is. */
const VAGUEST_METRES = 3;

/** Faces at a door as people on the floor plan: a door camera is one more camera that sees people. */
export interface DoorPlaces {
  /** @returns undefined when it is too soon for another look */
  see(faces: readonly DoorFace[], atMs: number): CameraSighting | undefined;
}

/**
 * Where the people are who belong to faces. The middle of the box is a ray; it is cut with the plane of faces. How much
 * people's heights differ is carried through: before a camera that looks down flatly it makes a place uncertain along the
 * view, which is then nearly all that can be said.
 */
export function createDoorPlaces(cameraId: CameraId, calibration: FloorCalibration): DoorPlaces {
  let lastMs = -Infinity;
  return {
    see(faces, atMs) {
      if (atMs - lastMs < EVERY_MS) return undefined;
      lastMs = atMs;
      const tracks = faces.flatMap((face) => placeOf(face, calibration) ?? []);
      return { cameraId, atMs, tracks };
    },
  };
}

function placeOf({ trackId, boxXyxy }: DoorFace, calibration: FloorCalibration): TrackSighting | undefined {
  const centre = boxCentre(boxXyxy);
  const place = calibration.toFloor(centre, FACE_METRES);
  const taller = calibration.toFloor(centre, FACE_METRES + FACE_SIGMA_METRES);
  const fromPixels = calibration.covarianceAt(centre, PIXEL_SHARE * boxWidth(boxXyxy), FACE_METRES);
  if (place === undefined || taller === undefined || fromPixels === undefined) return undefined;
  const covariance = withSpread(fromPixels, [taller[0] - place[0], taller[1] - place[1]]);
  if (covariance[0] + covariance[2] > VAGUEST_METRES ** 2) return undefined;
  return { trackId, place, covariance };
}

function withSpread([xx, xy, yy]: FloorCovariance, [dx, dy]: FloorPoint): FloorCovariance {
  return [xx + dx * dx, xy + dx * dy, yy + dy * dy];
}

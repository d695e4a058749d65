import type { BoxXyxy } from '../faces/geometry.ts';
import { ADULT_METRES, bodyBox } from './body-box.ts';
import type { FloorCalibration, PictureSize } from './pinhole.ts';
import { isCut, standingPlace } from './standing-place.ts';

/**
 * The box that the whole body of the person in a box would have; it may reach out of the picture. Where feet or head are
 * cut off or hidden, the box shows half a person, and what is in the middle of it is no waist: clothes are compared part by
 * part of the body, so it must be known which part is where.
 */
export function wholeBody(calibration: FloorCalibration, boxXyxy: BoxXyxy, size: PictureSize): BoxXyxy {
  if (calibration.heightMetres === undefined) return boxXyxy;
  const stands = standingPlace(calibration, boxXyxy, size);
  if (stands === undefined || (stands.by === 'feet' && !isCut(boxXyxy, size))) return boxXyxy;
  return bodyBox(calibration, stands.place, ADULT_METRES) ?? boxXyxy;
}

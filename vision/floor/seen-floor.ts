import type { FloorPlan } from '../../config/floor-schema.ts';
import type { FloorCalibration, PictureSize } from './pinhole.ts';
import { convexHull } from './point-layout.ts';
import type { FloorPoint } from './sighting.ts';

/** What the drawn outline may be off by. */
const STEP_METRES = 0.1;

/** Whether a place of the floor lies in the camera's picture. Furniture before it is not asked. */
export function seesPlace(calibration: FloorCalibration, size: PictureSize, place: FloorPoint): boolean {
  const pixel = calibration.toImage(place);
  if (pixel === undefined) return false;
  const [x, y] = pixel;
  return x >= 0 && y >= 0 && x <= size.width && y <= size.height;
}

/**
 * The part of the floor plan that lies in a camera's picture, as the corners around it in metres; fewer than three when it
 * sees none of it. What a straight lens sees of a rectangle is convex, so it is the hull of the seen points of a grid.
 */
export function seenFloor(
  calibration: FloorCalibration,
  size: PictureSize,
  { widthMetres, heightMetres }: Pick<FloorPlan, 'widthMetres' | 'heightMetres'>,
): readonly FloorPoint[] {
  const seen: FloorPoint[] = [];
  const across = Math.round(widthMetres / STEP_METRES);
  const down = Math.round(heightMetres / STEP_METRES);
  for (let column = 0; column <= across; column++) {
    for (let row = 0; row <= down; row++) {
      const place = [(column / across) * widthMetres, (row / down) * heightMetres] as const;
      if (seesPlace(calibration, size, place)) seen.push(place);
    }
  }
  return convexHull(seen);
}

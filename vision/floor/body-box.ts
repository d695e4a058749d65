import type { BoxXyxy } from '../faces/geometry.ts';
import type { FloorView } from './floor-view.ts';
import type { FloorPoint } from './sighting.ts';

/** Adults with shoes; see standing-place.ts for how much they differ. */
export const ADULT_METRES = 1.68;

/** An upright body as three discs: at which share of its height, and how wide for an adult (half, in metres). */
const DISCS = [
  { share: 0, radiusMetres: 0.08 },
  { share: 0.8, radiusMetres: 0.23 },
  { share: 1, radiusMetres: 0.07 },
] as const;
const STEP_METRES = 0.01;

/**
 * The box that an upright person at a place would have in the picture, in pixels; it may reach out of the picture.
 * Undefined where a part of them is behind the camera or beyond what the lens shows.
 */
export function bodyBox(view: FloorView, place: FloorPoint, heightMetres: number): BoxXyxy | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { share, radiusMetres } of DISCS) {
    const height = share * heightMetres;
    const middle = view.toImage(place, height);
    const across = view.toImage([place[0] + STEP_METRES, place[1]], height);
    const down = view.toImage([place[0], place[1] + STEP_METRES], height);
    if (middle === undefined || across === undefined || down === undefined) return undefined;
    // The picture of a small circle is an ellipse; it reaches as far as the slopes say.
    const radii = (radiusMetres * heightMetres) / ADULT_METRES / STEP_METRES;
    const halfWidth = radii * Math.hypot(across[0] - middle[0], down[0] - middle[0]);
    const halfHeight = radii * Math.hypot(across[1] - middle[1], down[1] - middle[1]);
    left = Math.min(left, middle[0] - halfWidth);
    right = Math.max(right, middle[0] + halfWidth);
    top = Math.min(top, middle[1] - halfHeight);
    bottom = Math.max(bottom, middle[1] + halfHeight);
  }
  return [left, top, right, bottom];
}

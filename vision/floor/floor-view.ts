import type { Point } from '../faces/geometry.ts';
import { PERFECT_LENS, type Lens } from './distortion.ts';
import { add, fromColumns, invert, scale, transform, type Matrix3, type Vector3 } from './matrix3.ts';
import type { FloorCovariance, FloorPoint } from './sighting.ts';

/** How a picture lies on the floor: what every kind of calibration comes down to. */
export interface FloorView {
  /**
   * The place of the floor plan above which a pixel lies, in a plane so high above the floor. Undefined where the pixel
   * shows no part of that plane (for the floor: the horizon and what is above it), and for a height where heights are not
   * known.
   */
  toFloor(pixel: Point, heightMetres?: number): FloorPoint | undefined;
  /**
   * The pixel of a place, so high above the floor; it may lie outside of the picture. Undefined behind the camera, beyond
   * what the lens bends back, and for a height where heights are not known.
   */
  toImage(place: FloorPoint, heightMetres?: number): Point | undefined;
  /**
   * How sure a place is whose pixel is sure to `sigmaPixels` (across and down, or one number for both): the error carried
   * through the Jacobian of `toFloor`. Undefined where `toFloor` is.
   */
  covarianceAt(
    pixel: Point,
    sigmaPixels: number | readonly [across: number, down: number],
    heightMetres?: number,
  ): FloorCovariance | undefined;
}

/**
 * A camera as three columns: a place (x, y) so high above the floor is seen along x · across + y · down + origin +
 * height · up. Its third component is the distance ahead of the lens (or a multiple of it) and positive before the camera.
 */
export interface Projection {
  readonly across: Vector3;
  readonly down: Vector3;
  readonly origin: Vector3;
  /** Undefined where only the floor is known. */
  readonly up: Vector3 | undefined;
}

/** From rays to pixels: K, and what the lens bends. */
export interface Optics {
  readonly intrinsics: Matrix3;
  readonly lens?: Lens;
}

/** The step of the numeric Jacobian: far below a pixel, far above rounding. */
const STEP_PIXELS = 1e-3;
/** Rays so flat meet the floor, if at all, kilometres away. */
const LEAST_DESCENT = 1e-6;

/** @throws RangeError when the projection or K is singular: the floor would be seen as a line */
export function floorView(projection: Projection, { intrinsics, lens = PERFECT_LENS }: Optics): FloorView {
  const toRays = invert(intrinsics);
  const { across, down, origin, up } = projection;
  const onFloor = invert(fromColumns(across, down, origin));
  if (toRays === undefined || onFloor === undefined) throw new RangeError('the floor is seen as a line');

  function inverseAt(heightMetres: number): Matrix3 | undefined {
    if (heightMetres === 0) return onFloor;
    if (up === undefined) return undefined;
    return invert(fromColumns(across, down, add(origin, scale(up, heightMetres))));
  }

  function toFloor(pixel: Point, heightMetres = 0): FloorPoint | undefined {
    const [x, y, w] = transform(toRays!, [pixel[0], pixel[1], 1]);
    const ray = lens.straighten([x / w, y / w]);
    const inverse = inverseAt(heightMetres);
    if (ray === undefined || inverse === undefined) return undefined;
    const [placeX, placeY, nearness] = transform(inverse, [ray[0], ray[1], 1]);
    // One over the distance ahead: not positive where the ray never meets the plane.
    if (!(nearness > LEAST_DESCENT)) return undefined;
    return [placeX / nearness, placeY / nearness];
  }

  function toImage(place: FloorPoint, heightMetres = 0): Point | undefined {
    if (heightMetres !== 0 && up === undefined) return undefined;
    const foot = add(add(scale(across, place[0]), scale(down, place[1])), origin);
    const [x, y, ahead] = up === undefined ? foot : add(foot, scale(up, heightMetres));
    if (!(ahead > LEAST_DESCENT)) return undefined;
    const bent = lens.bend([x / ahead, y / ahead]);
    if (bent === undefined) return undefined;
    const [u, v, w] = transform(intrinsics, [bent[0], bent[1], 1]);
    return [u / w, v / w];
  }

  return {
    toFloor,
    toImage,
    covarianceAt([u, v], sigmaPixels, heightMetres = 0) {
      const [sigmaU, sigmaV] = typeof sigmaPixels === 'number' ? [sigmaPixels, sigmaPixels] : sigmaPixels;
      const right = toFloor([u + STEP_PIXELS, v], heightMetres);
      const left = toFloor([u - STEP_PIXELS, v], heightMetres);
      const below = toFloor([u, v + STEP_PIXELS], heightMetres);
      const above = toFloor([u, v - STEP_PIXELS], heightMetres);
      if (right === undefined || left === undefined || below === undefined || above === undefined)
        return undefined;
      const xu = ((right[0] - left[0]) / (2 * STEP_PIXELS)) * sigmaU;
      const yu = ((right[1] - left[1]) / (2 * STEP_PIXELS)) * sigmaU;
      const xv = ((below[0] - above[0]) / (2 * STEP_PIXELS)) * sigmaV;
      const yv = ((below[1] - above[1]) / (2 * STEP_PIXELS)) * sigmaV;
      return [xu * xu + xv * xv, xu * yu + xv * yv, yu * yu + yv * yv];
    },
  };
}

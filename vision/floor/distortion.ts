import type { Distortion } from '../../config/floor-schema.ts';
import type { Point } from '../faces/geometry.ts';

/** What a lens does to a ray, in focal lengths from the middle of the picture. */
export interface Lens {
  /** Where a ray that a perfect lens would show at `point` is shown; undefined where the lens cannot show it. */
  bend(point: Point): Point | undefined;
  /** The other way round; undefined for a point that no ray reaches. */
  straighten(point: Point): Point | undefined;
}

const NEWTON_STEPS = 60;
const ENOUGH = 1e-13;

/** A lens that bends nothing. */
export const PERFECT_LENS: Lens = { bend: (point) => point, straighten: (point) => point };

/**
 * The radial terms of D. C. Brown, Decentering distortion of lenses, Photogrammetric Engineering 32(3), 1966:
 * r' = r (1 + k1 r² + k2 r⁴). The formula turns back on itself at some radius; beyond that no picture is possible and
 * the answer is undefined, never a point that was folded back into the picture.
 */
export function lensOf(distortion: Distortion | undefined): Lens {
  if (distortion === undefined || (distortion.k1 === 0 && distortion.k2 === 0)) return PERFECT_LENS;
  const { k1, k2 } = distortion;
  const bent = (r: number): number => r * (1 + r * r * (k1 + k2 * r * r));
  const slope = (r: number): number => 1 + r * r * (3 * k1 + 5 * k2 * r * r);
  const largest = turningRadius(k1, k2);
  const largestBent = largest === Infinity ? Infinity : bent(largest);

  /** Newton's steps inside a bracket that each step makes narrower: the function grows all the way. */
  function straightened(target: number): number {
    let low = 0;
    let high = largest === Infinity ? Math.max(1, target) : largest;
    while (bent(high) < target) high *= 2;
    let r = Math.min(target, high);
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const error = bent(r) - target;
      if (Math.abs(error) < ENOUGH) break;
      if (error > 0) high = r;
      else low = r;
      const next = r - error / slope(r);
      r = next > low && next < high ? next : (low + high) / 2;
    }
    return r;
  }

  return {
    bend(point) {
      const r = Math.hypot(point[0], point[1]);
      if (r >= largest) return undefined;
      const factor = 1 + r * r * (k1 + k2 * r * r);
      return [point[0] * factor, point[1] * factor];
    },
    straighten(point) {
      const target = Math.hypot(point[0], point[1]);
      if (target === 0) return point;
      if (target >= largestBent) return undefined;
      const factor = straightened(target) / target;
      return [point[0] * factor, point[1] * factor];
    },
  };
}

/** The smallest radius at which 1 + 3 k1 r² + 5 k2 r⁴ is zero. */
function turningRadius(k1: number, k2: number): number {
  const roots =
    k2 === 0
      ? [-1 / (3 * k1)]
      : [1, -1].map((sign) => (-3 * k1 + sign * Math.sqrt(9 * k1 * k1 - 20 * k2)) / (10 * k2));
  const squares = roots.filter((square) => square > 0);
  return squares.length === 0 ? Infinity : Math.sqrt(Math.min(...squares));
}

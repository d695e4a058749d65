import type { BoxXyxy, Point } from '../faces/geometry.ts';
import { isInside, toPixels } from '../faces/lane.ts';

/**
 * Whether a person stands in a part of the picture where nobody is looked for, such as a mirror or a shop window. What
 * counts is the foot point, the middle of the box's lower edge: who walks before a mirror is not in it.
 * @param parts corners as fractions of the picture, as configured
 */
export function createIgnoredParts(
  parts: readonly (readonly Point[])[],
  size: { readonly width: number; readonly height: number },
): { holds(boxXyxy: BoxXyxy): boolean } {
  const polygons = parts.map((part) => toPixels(part, size));
  return {
    holds: ([left, , right, bottom]) => {
      // a box that ends with the picture stands on its last row, not below it
      const foot: Point = [(left + right) / 2, Math.min(bottom, size.height - 0.5)];
      return polygons.some((polygon) => isInside(polygon, foot));
    },
  };
}

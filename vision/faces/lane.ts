import type { Point } from './geometry.ts';

/** A closed polygon in pixels of the picture; its last point is joined to its first. */
export type Polygon = readonly Point[];

/** Whether a point lies inside (even-odd rule: a ray to the right crosses the outline an odd number of times). */
export function isInside(polygon: Polygon, [x, y]: Point): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + polygon.length - 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

/** Fractions of width and height, as the configuration has them, to pixels. */
export function toPixels(fractions: readonly Point[], size: { width: number; height: number }): Point[] {
  return fractions.map(([x, y]) => [x * size.width, y * size.height]);
}

/** A line segment in pixels. Drawn from left to right, people who come down the picture cross it inwards. */
export interface EntranceLine {
  readonly from: Point;
  readonly to: Point;
}

/**
 * Which side of the line a point is on: positive is inside the shop (to the right hand of somebody who walks from `from`
 * to `to`, which on the screen is below a line drawn left to right). In pixels from the line.
 */
export function pixelsInside({ from, to }: EntranceLine, [x, y]: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return (dx * (y - from[1]) - dy * (x - from[0])) / Math.hypot(dx, dy);
}

/** Whether the way from `before` to `after` passes between the line's ends. */
export function passesBetweenEnds({ from, to }: EntranceLine, before: Point, after: Point): boolean {
  const side = (a: Point, b: Point, p: Point): number =>
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
  return side(before, after, from) * side(before, after, to) <= 0;
}

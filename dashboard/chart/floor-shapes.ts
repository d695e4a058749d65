import type { FloorPoint } from '../../analytics/api/schemas/floor.ts';

/** Corners as SVG's `points`. */
export function svgPoints(polygon: readonly FloorPoint[]): string {
  return polygon.map(([x, y]) => `${x},${y}`).join(' ');
}

/**
 * Where a name stands in a polygon: of a grid of points inside, the one farthest from the edges (a coarse pole of
 * inaccessibility), preferring a wide place, because names are wide.
 */
export function namePlace(polygon: readonly FloorPoint[]): FloorPoint {
  const across = polygon.map(([x]) => x);
  const down = polygon.map(([, y]) => y);
  const [left, right] = [Math.min(...across), Math.max(...across)];
  const [top, bottom] = [Math.min(...down), Math.max(...down)];
  let best: FloorPoint = [(left + right) / 2, (top + bottom) / 2];
  let bestRoom = -Infinity;
  for (let column = 1; column < GRID; column++) {
    for (let row = 1; row < GRID; row++) {
      const point: FloorPoint = [
        left + ((right - left) * column) / GRID,
        top + ((bottom - top) * row) / GRID,
      ];
      const room = isInside(point, polygon) ? roomAt(point, polygon) : -Infinity;
      if (room > bestRoom + 1e-9) [best, bestRoom] = [point, room];
    }
  }
  return best;
}

const GRID = 24;
/** A name is so many times as wide as it is high. */
const NAME_IS_WIDE = 2.5;

/** The distance to the nearest edge, with the plan squeezed sideways. */
function roomAt(point: FloorPoint, polygon: readonly FloorPoint[]): number {
  const [x, y] = squeezed(point);
  let least = Infinity;
  polygon.forEach((corner, index) => {
    const [ax, ay] = squeezed(corner);
    const [bx, by] = squeezed(polygon[(index + 1) % polygon.length] ?? corner);
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
    const part = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay)));
  });
  return least;
}

function squeezed([x, y]: FloorPoint): FloorPoint {
  return [x / NAME_IS_WIDE, y];
}

/** By how often a ray to the right crosses the edges (Shimrat 1962). */
function isInside([x, y]: FloorPoint, polygon: readonly FloorPoint[]): boolean {
  let inside = false;
  let [beforeX, beforeY] = polygon.at(-1) ?? [0, 0];
  for (const [cornerX, cornerY] of polygon) {
    const crosses = cornerY > y !== beforeY > y;
    if (crosses && x < cornerX + ((y - cornerY) / (beforeY - cornerY)) * (beforeX - cornerX))
      inside = !inside;
    [beforeX, beforeY] = [cornerX, cornerY];
  }
  return inside;
}

import { isInside, type Polygon } from '../faces/lane.ts';
import type { FloorPoint } from './sighting.ts';

/** How far a place is inside of an outline, in metres; negative outside. */
export function metresInside(polygon: Polygon, place: FloorPoint): number {
  let nearest = Infinity;
  polygon.forEach((corner, index) => {
    nearest = Math.min(nearest, metresToSegment(corner, polygon[(index + 1) % polygon.length]!, place));
  });
  return isInside(polygon, place) ? nearest : -nearest;
}

function metresToSegment(from: FloorPoint, to: FloorPoint, [x, y]: FloorPoint): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const part = squared === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / squared;
  const on = Math.min(1, Math.max(0, part));
  return Math.hypot(x - from[0] - on * dx, y - from[1] - on * dy);
}

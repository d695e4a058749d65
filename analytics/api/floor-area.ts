import type { FloorPoint } from './schemas/floor.ts';

/** Whether a point lies in a polygon, by how often a ray to the right crosses its edges (Shimrat 1962). */
export function isInside([x, y]: FloorPoint, polygon: readonly FloorPoint[]): boolean {
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

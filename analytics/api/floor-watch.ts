import { isInside } from './floor-area.ts';
import type { FloorCamera, FloorPoint } from './schemas/floor.ts';

/** A stretch in which a camera watched, milliseconds since 1970. */
export interface Watch {
  readonly cameraId: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A part of a zone that the same cameras see; none, where nobody looks. */
export interface View {
  readonly cameraIds: readonly string[];
  /** How much of the zone it is, 0 to 1. */
  readonly part: number;
}

/** How finely a zone is looked at. */
const STEP_METRES = 0.25;

/** Which cameras see which parts of a zone. */
export function viewsOf(
  polygon: readonly FloorPoint[],
  cameras: readonly Pick<FloorCamera, 'cameraId' | 'sees'>[],
): readonly View[] {
  const points = pointsIn(polygon);
  const counts = new Map<string, { cameraIds: readonly string[]; count: number }>();
  for (const point of points) {
    const cameraIds = cameras
      .filter(({ sees }) => sees !== null && isInside(point, sees))
      .map(({ cameraId }) => cameraId);
    const known = counts.get(cameraIds.join(' ')) ?? { cameraIds, count: 0 };
    known.count += 1;
    counts.set(cameraIds.join(' '), known);
  }
  return [...counts.values()].map(({ cameraIds, count }) => ({ cameraIds, part: count / points.length }));
}

/** How much of [fromMs, toMs) and of a zone was watched by at least one camera, 0 to 1. */
export function watchedShare(
  watches: readonly Watch[],
  views: readonly View[],
  fromMs: number,
  toMs: number,
): number {
  if (toMs <= fromMs) return 0;
  const watched = views.map(({ cameraIds, part }) => part * watchedMs(watches, cameraIds, fromMs, toMs));
  return Math.min(1, watched.reduce((sum, ms) => sum + ms, 0) / (toMs - fromMs));
}

function watchedMs(
  watches: readonly Watch[],
  cameraIds: readonly string[],
  fromMs: number,
  toMs: number,
): number {
  const stretches = watches
    .filter(({ cameraId }) => cameraIds.includes(cameraId))
    .sort((one, other) => one.sinceMs - other.sinceMs);
  let sum = 0;
  let reachedMs = fromMs;
  for (const { sinceMs, untilMs } of stretches) {
    const until = Math.min(untilMs, toMs);
    sum += Math.max(0, until - Math.max(sinceMs, reachedMs));
    reachedMs = Math.max(reachedMs, until);
  }
  return sum;
}

/** Points of a grid inside of a polygon; its first corner where it is smaller than the grid. */
function pointsIn(polygon: readonly FloorPoint[]): readonly FloorPoint[] {
  const across = polygon.map(([x]) => x);
  const down = polygon.map(([, y]) => y);
  const points: FloorPoint[] = [];
  for (let x = Math.min(...across) + STEP_METRES / 2; x < Math.max(...across); x += STEP_METRES) {
    for (let y = Math.min(...down) + STEP_METRES / 2; y < Math.max(...down); y += STEP_METRES) {
      if (isInside([x, y], polygon)) points.push([x, y]);
    }
  }
  return points.length === 0 ? polygon.slice(0, 1) : points;
}

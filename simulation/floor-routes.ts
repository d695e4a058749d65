import { FIXTURES, PLAN_METRES } from './floor-plan.ts';
import type { PlanPoint } from './pose-camera.ts';

/** Half a person's width: routes keep so far from what stands there. */
const CLEARANCE_METRES = 0.3;
const CELL_METRES = 0.2;
const COLUMNS = Math.round(PLAN_METRES.width / CELL_METRES);
const ROWS = Math.round(PLAN_METRES.height / CELL_METRES);
const BLOCKED = blockedCells();
const STEPS = [-1, 0, 1]
  .flatMap((dx) => [-1, 0, 1].map((dy) => ({ dx, dy, length: Math.hypot(dx, dy) })))
  .filter(({ length }) => length > 0);
const known = new Map<string, readonly PlanPoint[] | undefined>();

/** Whether a person can stand there. */
export function isFree([x, y]: PlanPoint): boolean {
  const column = Math.floor(x / CELL_METRES);
  const row = Math.floor(y / CELL_METRES);
  return column >= 0 && row >= 0 && column < COLUMNS && row < ROWS && BLOCKED[row * COLUMNS + column] === 0;
}

/** Whether a person can walk straight from one point to the other. */
export function isClear(from: PlanPoint, to: PlanPoint): boolean {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const steps = Math.ceil(length / (CELL_METRES / 4));
  for (let step = 0; step <= steps; step++) {
    const t = steps === 0 ? 0 : step / steps;
    if (!isFree([from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t])) return false;
  }
  return true;
}

/**
 * The shortest way around the fixtures: A* on a grid of 20 cm, then straight from corner to corner.
 * @returns the points from `from` to `to`, or undefined when there is no way
 */
export function routeBetween(from: PlanPoint, to: PlanPoint): readonly PlanPoint[] | undefined {
  const key = `${from.join()} ${to.join()}`;
  if (!known.has(key)) known.set(key, findRoute(from, to));
  return known.get(key);
}

function findRoute(from: PlanPoint, to: PlanPoint): readonly PlanPoint[] | undefined {
  if (!isFree(from) || !isFree(to)) return undefined;
  if (isClear(from, to)) return [from, to];
  const cells = shortestCells(cellOf(from), cellOf(to));
  if (!cells) return undefined;
  const points = [from, ...cells.slice(1, -1).map(centreOf), to];
  const route: PlanPoint[] = [from];
  let at = 0;
  while (at < points.length - 1) {
    let next = points.length - 1;
    while (next > at + 1 && !isClear(points[at]!, points[next]!)) next--;
    route.push(points[next]!);
    at = next;
  }
  return route;
}

/** A*; the open list is a binary heap of [estimate, cell]. */
function shortestCells(start: number, goal: number): number[] | undefined {
  const cost = new Float64Array(COLUMNS * ROWS).fill(Infinity);
  const parent = new Int32Array(COLUMNS * ROWS).fill(-1);
  const estimate = (cell: number): number =>
    Math.hypot((cell % COLUMNS) - (goal % COLUMNS), Math.floor(cell / COLUMNS) - Math.floor(goal / COLUMNS));
  const open: [number, number][] = [];
  cost[start] = 0;
  pushHeap(open, [estimate(start), start]);
  for (let top = popHeap(open); top; top = popHeap(open)) {
    const cell = top[1];
    if (cell === goal) return chain(parent, goal);
    if (top[0] > cost[cell]! + estimate(cell) + 1e-9) continue;
    const column = cell % COLUMNS;
    const row = Math.floor(cell / COLUMNS);
    for (const { dx, dy, length } of STEPS) {
      const [x, y] = [column + dx, row + dy];
      if (x < 0 || y < 0 || x >= COLUMNS || y >= ROWS) continue;
      const next = y * COLUMNS + x;
      const reached = cost[cell]! + length;
      if (BLOCKED[next] === 1 || reached >= cost[next]!) continue;
      cost[next] = reached;
      parent[next] = cell;
      pushHeap(open, [reached + estimate(next), next]);
    }
  }
  return undefined;
}

function chain(parent: Int32Array, goal: number): number[] {
  const cells: number[] = [];
  for (let cell = goal; cell >= 0; cell = parent[cell]!) cells.push(cell);
  return cells.reverse();
}

function pushHeap(heap: [number, number][], entry: [number, number]): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (heap[above]![0] <= entry[0]) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = entry;
}

function popHeap(heap: [number, number][]): [number, number] | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]![0] < heap[child]![0]) child++;
    if (heap[child]![0] >= last[0]) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}

function blockedCells(): Uint8Array {
  const blocked = new Uint8Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const [x, y] = centreOf(row * COLUMNS + column);
      const nearWall =
        y < CLEARANCE_METRES ||
        y > PLAN_METRES.height - CLEARANCE_METRES ||
        x > PLAN_METRES.width - CLEARANCE_METRES;
      const nearFixture = FIXTURES.some(({ left, top, right, bottom }) => {
        const dx = Math.max(left - x, 0, x - right);
        const dy = Math.max(top - y, 0, y - bottom);
        return Math.hypot(dx, dy) < CLEARANCE_METRES;
      });
      if (nearWall || nearFixture) blocked[row * COLUMNS + column] = 1;
    }
  }
  return blocked;
}

function cellOf([x, y]: PlanPoint): number {
  return Math.floor(y / CELL_METRES) * COLUMNS + Math.floor(x / CELL_METRES);
}

function centreOf(cell: number): PlanPoint {
  return [((cell % COLUMNS) + 0.5) * CELL_METRES, (Math.floor(cell / COLUMNS) + 0.5) * CELL_METRES];
}

import type { FloorPoint } from './sighting.ts';
import { isInside, type Polygon } from '../faces/lane.ts';

/** How far it is on foot from one place to another; through nothing that stands there. */
export type WalkingMetres = (from: FloorPoint, to: FloorPoint) => number;

export interface WalkableFloor {
  readonly widthMetres: number;
  readonly heightMetres: number;
  /** Nobody walks through these: outlines in metres. */
  readonly fixtures?: readonly Polygon[];
}

const CELL_METRES = 0.2;
/** Fields of distances that are kept: people are lost at new places all the time. */
const KEPT = 64;
const NEIGHBOURS = [-1, 0, 1]
  .flatMap((dx) => [-1, 0, 1].map((dy) => ({ dx, dy, metres: CELL_METRES * Math.hypot(dx, dy) })))
  .filter(({ metres }) => metres > 0);

/**
 * Shortest ways on a grid of 20 cm (E. W. Dijkstra, A note on two problems in connexion with graphs, 1959). Places in or
 * beside a fixture belong to the nearest free cell: places are measured, and people lean over tables.
 */
export function createWalkingDistance({
  widthMetres,
  heightMetres,
  fixtures = [],
}: WalkableFloor): WalkingMetres {
  const columns = Math.ceil(widthMetres / CELL_METRES);
  const rows = Math.ceil(heightMetres / CELL_METRES);
  const blocked = new Uint8Array(columns * rows);
  for (let cell = 0; cell < blocked.length; cell++) {
    const middle: FloorPoint = [
      ((cell % columns) + 0.5) * CELL_METRES,
      (Math.floor(cell / columns) + 0.5) * CELL_METRES,
    ];
    if (fixtures.some((outline) => isInside(outline, middle))) blocked[cell] = 1;
  }
  const fields = new Map<number, Float32Array>();

  function cellAt([x, y]: FloorPoint): number {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(x / CELL_METRES)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(y / CELL_METRES)));
    return row * columns + column;
  }

  function field(from: number): Float32Array {
    const known = fields.get(from);
    if (known !== undefined) return known;
    const metres = flood(from);
    if (fields.size >= KEPT) fields.delete(fields.keys().next().value!);
    fields.set(from, metres);
    return metres;
  }

  /** All distances from a cell: cells are taken in the order of their distance, a bucket a cell's width. */
  function flood(from: number): Float32Array {
    const metres = new Float32Array(blocked.length).fill(Infinity);
    metres[from] = 0;
    const buckets: number[][] = [[from]];
    for (let bucket = 0; bucket < buckets.length; bucket++) {
      const cells = buckets[bucket] ?? [];
      for (let index = 0; index < cells.length; index++) {
        const cell = cells[index]!;
        const here = metres[cell]!;
        if (Math.floor(here / CELL_METRES) !== bucket) continue;
        const [column, row] = [cell % columns, Math.floor(cell / columns)];
        for (const { dx, dy, metres: step } of NEIGHBOURS) {
          const [x, y] = [column + dx, row + dy];
          if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
          const next = y * columns + x;
          // out of a fixture there is always a way: places are measured
          if (blocked[next] === 1 && blocked[cell] === 0) continue;
          if (here + step >= metres[next]!) continue;
          metres[next] = here + step;
          (buckets[Math.floor((here + step) / CELL_METRES)] ??= []).push(next);
        }
      }
    }
    return metres;
  }

  return (from, to) => {
    const straight = Math.hypot(from[0] - to[0], from[1] - to[1]);
    if (straight < 2 * CELL_METRES || fixtures.length === 0) return straight;
    const target = cellAt(to);
    // somebody who leans over a table stands beside it
    const around = blocked[target] === 1 ? near(target, 3) : [target];
    const distances = field(cellAt(from));
    return Math.max(straight, Math.min(...around.map((cell) => distances[cell]!)));
  };

  function near(cell: number, reach: number): number[] {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    const cells: number[] = [];
    for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
      for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) {
        if (blocked[y * columns + x] === 0) cells.push(y * columns + x);
      }
    }
    return cells.length > 0 ? cells : [cell];
  }
}

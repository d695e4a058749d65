import type { Point } from '../faces/geometry.ts';
import type { FloorView } from './floor-view.ts';
import type { PictureSize } from './pinhole.ts';
import type { FloorPoint } from './sighting.ts';

/** Lenses bend lines: so short pieces look round. */
const PIECE_METRES = 0.1;

/**
 * The lines of the plan at every metre, as they lie in the picture: polylines in fractions of the picture, cut where they
 * leave it. What a person compares with tiles, walls and fixtures to see whether a calibration is right.
 */
export function floorGrid(
  view: FloorView,
  plan: { readonly widthMetres: number; readonly heightMetres: number },
  size: PictureSize,
): Point[][] {
  const { widthMetres, heightMetres } = plan;
  const lines: Point[][] = [];
  for (let across = 0; across <= widthMetres; across++) {
    lines.push(...piecesOf((along): FloorPoint => [across, along], heightMetres));
  }
  for (let down = 0; down <= heightMetres; down++) {
    lines.push(...piecesOf((along): FloorPoint => [along, down], widthMetres));
  }
  return lines;

  function piecesOf(placeAt: (along: number) => FloorPoint, length: number): Point[][] {
    const pieces: Point[][] = [];
    let piece: Point[] = [];
    const end = (): void => {
      if (piece.length > 1) pieces.push(piece);
      piece = [];
    };
    const steps = Math.ceil(length / PIECE_METRES);
    for (let step = 0; step <= steps; step++) {
      const seen = view.toImage(placeAt(Math.min(length, step * PIECE_METRES)));
      const inside =
        seen !== undefined && seen[0] >= 0 && seen[1] >= 0 && seen[0] <= size.width && seen[1] <= size.height;
      if (inside) piece.push([rounded(seen[0] / size.width), rounded(seen[1] / size.height)]);
      else end();
    }
    end();
    return pieces.map(thinned);
  }
}

/** Straight pieces need their ends only. */
function thinned(line: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const [index, point] of line.entries()) {
    const before = kept.at(-1);
    const after = line[index + 1];
    const bends =
      before === undefined ||
      after === undefined ||
      Math.abs(
        (point[0] - before[0]) * (after[1] - before[1]) - (point[1] - before[1]) * (after[0] - before[0]),
      ) >
        0.0005 * Math.hypot(after[0] - before[0], after[1] - before[1]);
    if (bends) kept.push(point);
  }
  return kept;
}

function rounded(fraction: number): number {
  return Math.round(fraction * 1e4) / 1e4;
}

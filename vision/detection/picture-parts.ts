import type { Picture } from '../frame.ts';
import { cut } from '../faces/cut.ts';
import { boxHeight, boxWidth, type BoxXyxy } from '../faces/geometry.ts';
import { writeScaled } from './scaled.ts';

/** In how many columns and rows of overlapping tiles a picture is looked at. */
export interface Tiling {
  readonly columns: number;
  readonly rows: number;
}

/** A part of a picture as a network sees it: scaled, its proportions kept, in the top left corner of the network's input. */
export interface Letterbox {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** Pixels of the picture for one pixel of the input. */
  readonly scale: number;
  readonly regionXyxy: BoxXyxy;
}

/** How far neighbouring tiles overlap, in sides of a tile: who is smaller than that lies wholly in one of them. */
const OVERLAP = 0.25;
/** Of tiles in one row, without the whole: nobody but who fills the picture is wider than that. */
const OVERLAP_IN_A_ROW = 0.4;
/** From this scale on a pixel of the input covers more than the four nearest of the picture: means are taken. */
const SHRINK_FROM = 1.7;
/** A box that ends so close to its part's edge, in pixels of the network's input, may go on beyond it. */
const AT_THE_EDGE = 4;

/**
 * The tiles of a picture, each looked at as large as the whole would be: small people become larger. Before them the whole
 * picture, for people who are larger than tiles overlap, unless the tiles stand in one row: people are narrow.
 */
export function partsOf(size: { width: number; height: number }, tiling?: Tiling): BoxXyxy[] {
  const whole: BoxXyxy = [0, 0, size.width, size.height];
  if (!tiling || (tiling.columns === 1 && tiling.rows === 1)) return [whole];
  const isRow = tiling.rows === 1;
  const columns = spans(size.width, tiling.columns, isRow ? OVERLAP_IN_A_ROW : OVERLAP);
  const rows = spans(size.height, tiling.rows, OVERLAP);
  const tiles = rows.flatMap(([top, bottom]) =>
    columns.map(([left, right]): BoxXyxy => [left, top, right, bottom]),
  );
  return isRow ? tiles : [whole, ...tiles];
}

/** `count` spans of one length that cover `length` and overlap by a share of themselves. */
function spans(length: number, count: number, overlap: number): [from: number, to: number][] {
  const span = length / (count - (count - 1) * overlap);
  const step = span * (1 - overlap);
  return Array.from({ length: count }, (_, index) => [
    Math.round(index * step),
    Math.round(index * step + span),
  ]);
}

/** @param background the grey level around the part: what the network was trained with */
export function letterbox(
  picture: Picture,
  regionXyxy: BoxXyxy,
  input: { readonly width: number; readonly height: number },
  background: number,
): Letterbox {
  const scale = Math.max(boxWidth(regionXyxy) / input.width, boxHeight(regionXyxy) / input.height);
  const width = Math.min(input.width, Math.round(boxWidth(regionXyxy) / scale));
  const height = Math.min(input.height, Math.round(boxHeight(regionXyxy) / scale));
  const [left, top] = regionXyxy;
  const rgb = new Uint8Array(input.width * input.height * 3).fill(background);
  if (scale < SHRINK_FROM) {
    writeScaled(rgb, input.width, picture, [left, top], scale, { width, height });
    return { ...input, rgb, scale, regionXyxy };
  }
  const content = cut(picture, [left, top, left + width * scale, top + height * scale], width, height).rgb;
  const rowBytes = width * 3;
  for (let row = 0; row < height; row++) {
    rgb.set(content.subarray(row * rowBytes, (row + 1) * rowBytes), row * input.width * 3);
  }
  return { ...input, rgb, scale, regionXyxy };
}

/** From pixels of the input to pixels of the picture, not beyond the part. */
export function toPicture({ scale, regionXyxy }: Letterbox, box: BoxXyxy): BoxXyxy {
  const [left, top, right, bottom] = regionXyxy;
  const x = (value: number): number => Math.min(right, Math.max(left, left + value * scale));
  const y = (value: number): number => Math.min(bottom, Math.max(top, top + value * scale));
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

/** Whether a box ends at an edge of its part that is no edge of the picture. */
export function isCutOff(
  { scale, regionXyxy }: Letterbox,
  box: BoxXyxy,
  size: { width: number; height: number },
): boolean {
  const [left, top, right, bottom] = regionXyxy;
  const margin = AT_THE_EDGE * scale;
  return (
    (left > 0 && box[0] < left + margin) ||
    (top > 0 && box[1] < top + margin) ||
    (right < size.width && box[2] > right - margin) ||
    (bottom < size.height && box[3] > bottom - margin)
  );
}

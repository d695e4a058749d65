import type { Picture } from '../frame.ts';

/** Weights are counted in so many parts; products of two fit in 24 bits. */
const PARTS = 256;
const HALF = (PARTS * PARTS) / 2;

/**
 * Writes a part of a picture, scaled by less than two in either direction, into memory whose rows are `rowPixels` long:
 * between the four nearest pixels, and at the picture's edge its last ones. Upright parts need no more, and take half of
 * the time of a picture that may be turned (`../faces/warp.ts`).
 * @param scale pixels of the picture for one that is written
 */
export function writeScaled(
  into: Uint8Array,
  rowPixels: number,
  { rgb, width: pictureWidth, height: pictureHeight }: Picture,
  [left, top]: readonly [number, number, ...number[]],
  scale: number,
  size: { readonly width: number; readonly height: number },
): void {
  const columns = placesOf(left, scale, size.width, pictureWidth);
  const rows = placesOf(top, scale, size.height, pictureHeight);
  for (let y = 0; y < size.height; y++) {
    const upper = rows.first[y]! * pictureWidth * 3;
    const lower = rows.second[y]! * pictureWidth * 3;
    const down = rows.weight[y]!;
    const up = PARTS - down;
    let at = y * rowPixels * 3;
    for (let x = 0; x < size.width; x++) {
      const from = columns.first[x]! * 3;
      const to = columns.second[x]! * 3;
      const right = columns.weight[x]!;
      const stay = PARTS - right;
      const a = up * stay;
      const b = up * right;
      const c = down * stay;
      const d = down * right;
      for (let channel = 0; channel < 3; channel++) {
        into[at++] =
          (rgb[upper + from + channel]! * a +
            rgb[upper + to + channel]! * b +
            rgb[lower + from + channel]! * c +
            rgb[lower + to + channel]! * d +
            HALF) >>
          16;
      }
    }
  }
}

/** By written pixel the two pixels of the picture around its middle, and the weight of the second. */
function placesOf(
  start: number,
  scale: number,
  count: number,
  pictureCount: number,
): { readonly first: Int32Array; readonly second: Int32Array; readonly weight: Int32Array } {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const weight = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const place = Math.min(pictureCount - 1, Math.max(0, start + (index + 0.5) * scale - 0.5));
    first[index] = Math.floor(place);
    second[index] = Math.min(pictureCount - 1, first[index]! + 1);
    weight[index] = Math.round((place - first[index]!) * PARTS);
  }
  return { first, second, weight };
}

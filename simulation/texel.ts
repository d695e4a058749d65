import type { Layer } from './layer.ts';

/**
 * Lays one point of a photograph over a pixel of the layer: read between its four nearest pixels, coverage included.
 * @param at the layer's pixel times 4
 * @param source premultiplied RGBA; `column` and `row` must leave a pixel to their right and below
 * @param light what its colours are multiplied by
 * @param cover 0..1: how much of the pixel it takes
 */
export function layTexel(
  { rgba }: Layer,
  at: number,
  source: Uint8ClampedArray,
  width: number,
  column: number,
  row: number,
  light = 1,
  cover = 1,
): void {
  const u0 = column | 0;
  const v0 = row | 0;
  const fu = column - u0;
  const fv = row - v0;
  const a = (v0 * width + u0) * 4;
  const b = a + width * 4;
  const w00 = (1 - fu) * (1 - fv);
  const w10 = fu * (1 - fv);
  const w01 = (1 - fu) * fv;
  const w11 = fu * fv;
  const alpha =
    cover * (source[a + 3]! * w00 + source[a + 7]! * w10 + source[b + 3]! * w01 + source[b + 7]! * w11);
  if (alpha < 1) return;
  const keep = 1 - alpha / 255;
  for (let c = 0; c < 3; c++) {
    const value =
      source[a + c]! * w00 + source[a + 4 + c]! * w10 + source[b + c]! * w01 + source[b + 4 + c]! * w11;
    rgba[at + c] = rgba[at + c]! * keep + value * light * cover;
  }
  rgba[at + 3] = rgba[at + 3]! * keep + alpha;
}

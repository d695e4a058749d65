import type { Picture } from '../frame.ts';
import type { Similarity } from './geometry.ts';

/** A picture made for a network: 8-bit RGB, rows without padding. */
export interface Chip {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** More samples per side than this are not worth their time: the picture is then over 8 times the chip. */
const MOST_SAMPLES = 8;

/**
 * Cuts a turned and scaled rectangle out of a picture: pixel (x, y) of the chip is taken at `chipToPicture(x, y)`.
 * Bilinear, and where the picture is larger than the chip the mean of k×k samples a pixel (k = the scale, rounded), because
 * taking one sample of many turns fine texture into false detail. Outside of the picture is black, as in dlib.
 * Coordinates name pixel centres: (0, 0) is the middle of the top left pixel.
 */
export function warp(
  picture: Picture,
  chipToPicture: Similarity,
  width: number,
  height: number,
  into = new Uint8Array(width * height * 3),
): Chip {
  const { a, b, tx, ty } = chipToPicture;
  const samples = Math.min(MOST_SAMPLES, Math.max(1, Math.round(Math.hypot(a, b))));
  const step = 1 / samples;
  const first = (step - 1) / 2;
  const { rgb, width: sourceWidth, height: sourceHeight } = picture;
  const rowBytes = sourceWidth * 3;
  const weight = 1 / (samples * samples);
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < samples; j++) {
        const chipY = y + first + j * step;
        for (let i = 0; i < samples; i++) {
          const chipX = x + first + i * step;
          const px = a * chipX - b * chipY + tx;
          const py = b * chipX + a * chipY + ty;
          const left = Math.floor(px);
          const top = Math.floor(py);
          if (left < -1 || top < -1 || left >= sourceWidth || top >= sourceHeight) continue;
          const fx = px - left;
          const fy = py - top;
          const insideLeft = left >= 0;
          const insideRight = left + 1 < sourceWidth;
          const at = top * rowBytes + left * 3;
          if (top >= 0) {
            const w0 = (1 - fx) * (1 - fy);
            const w1 = fx * (1 - fy);
            if (insideLeft) {
              red += rgb[at]! * w0;
              green += rgb[at + 1]! * w0;
              blue += rgb[at + 2]! * w0;
            }
            if (insideRight) {
              red += rgb[at + 3]! * w1;
              green += rgb[at + 4]! * w1;
              blue += rgb[at + 5]! * w1;
            }
          }
          if (top + 1 < sourceHeight) {
            const below = at + rowBytes;
            const w2 = (1 - fx) * fy;
            const w3 = fx * fy;
            if (insideLeft) {
              red += rgb[below]! * w2;
              green += rgb[below + 1]! * w2;
              blue += rgb[below + 2]! * w2;
            }
            if (insideRight) {
              red += rgb[below + 3]! * w3;
              green += rgb[below + 4]! * w3;
              blue += rgb[below + 5]! * w3;
            }
          }
        }
      }
      into[out] = red * weight + 0.5;
      into[out + 1] = green * weight + 0.5;
      into[out + 2] = blue * weight + 0.5;
      out += 3;
    }
  }
  return { width, height, rgb: into };
}

/** The chip seen in a mirror. */
export function mirror({ width, height, rgb }: Chip): Chip {
  const mirrored = new Uint8Array(rgb.length);
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let x = 0; x < width; x++) {
      const from = row + x * 3;
      const to = row + (width - 1 - x) * 3;
      mirrored[to] = rgb[from]!;
      mirrored[to + 1] = rgb[from + 1]!;
      mirrored[to + 2] = rgb[from + 2]!;
    }
  }
  return { width, height, rgb: mirrored };
}

/**
 * An upright part of the picture, much larger than the result, scaled down for a detector: the mean of up to 2×2 pixels
 * under each result pixel. Six times faster than {@link warp}, and good enough to find a face, not to recognise one.
 */
export function shrink(
  picture: Picture,
  [left, top]: readonly [left: number, top: number],
  scale: number,
  width: number,
  height: number,
): Chip {
  const { rgb, width: sourceWidth, height: sourceHeight } = picture;
  const out = new Uint8Array(width * height * 3);
  const columnsA = sampleOffsets(left + 0.25 * scale, scale, width, sourceWidth);
  const columnsB = sampleOffsets(left + 0.75 * scale, scale, width, sourceWidth);
  const rowBytes = sourceWidth * 3;
  for (let y = 0; y < height; y++) {
    const rowA = Math.floor(top + (y + 0.25) * scale);
    const rowB = Math.floor(top + (y + 0.75) * scale);
    if (rowA < 0 || rowB >= sourceHeight) continue;
    const a = rowA * rowBytes;
    const b = rowB * rowBytes;
    let to = y * width * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const p = columnsA[x]!;
      const q = columnsB[x]!;
      if (p < 0 || q < 0) continue;
      out[to] = (rgb[a + p]! + rgb[a + q]! + rgb[b + p]! + rgb[b + q]! + 2) >> 2;
      out[to + 1] = (rgb[a + p + 1]! + rgb[a + q + 1]! + rgb[b + p + 1]! + rgb[b + q + 1]! + 2) >> 2;
      out[to + 2] = (rgb[a + p + 2]! + rgb[a + q + 2]! + rgb[b + p + 2]! + rgb[b + q + 2]! + 2) >> 2;
    }
  }
  return { width, height, rgb: out };
}

/** Byte offsets of the sampled columns within a row; -1 outside of the picture. */
function sampleOffsets(first: number, step: number, count: number, sourceWidth: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => {
    const column = Math.floor(first + index * step);
    return column < 0 || column >= sourceWidth ? -1 : column * 3;
  });
}

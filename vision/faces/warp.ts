import type { Picture } from '../frame.ts';
import { applySimilarity, type Similarity } from './geometry.ts';

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
export function warp(picture: Picture, chipToPicture: Similarity, width: number, height: number): Chip {
  const rgb = new Uint8Array(width * height * 3);
  warpInto(rgb, undefined, picture, chipToPicture, width, height);
  return { width, height, rgb };
}

/**
 * {@link warp} into memory that is there, and at the same time its mirror image into other memory: networks want both, and
 * every pixel is computed once.
 */
export function warpInto(
  into: Uint8Array,
  mirroredInto: Uint8Array | undefined,
  picture: Picture,
  chipToPicture: Similarity,
  width: number,
  height: number,
): void {
  const { a, b, tx, ty } = chipToPicture;
  const samples = Math.min(MOST_SAMPLES, Math.max(1, Math.round(Math.hypot(a, b))));
  const step = 1 / samples;
  const first = (step - 1) / 2;
  const sampleRow = isWithin(picture, chipToPicture, width, height) ? addRowInside : addRowAnywhere;
  const sums = new Int32Array(width * 3); // at most 8×8 samples of 255 levels: below 2^31
  const weight = 1 / (samples * samples * ONE);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let j = 0; j < samples; j++) {
      const chipY = y + first + j * step;
      for (let i = 0; i < samples; i++) {
        const chipX = first + i * step;
        sampleRow(sums, picture, a * chipX - b * chipY + tx, b * chipX + a * chipY + ty, a, b);
      }
    }
    const row = y * width * 3;
    for (let at = 0; at < sums.length; at++) into[row + at] = sums[at]! * weight + 0.5;
    if (!mirroredInto) continue;
    for (let left = 0, right = (width - 1) * 3; right >= 0; left += 3, right -= 3) {
      mirroredInto[row + left] = into[row + right]!;
      mirroredInto[row + left + 1] = into[row + right + 1]!;
      mirroredInto[row + left + 2] = into[row + right + 2]!;
    }
  }
}

/** Whether every sample and its right and lower neighbours lie in the picture: then nothing needs checking. */
function isWithin(
  { width, height }: Picture,
  map: Similarity,
  chipWidth: number,
  chipHeight: number,
): boolean {
  return [-1, chipWidth].every((x) =>
    [-1, chipHeight].every((y) => {
      const [u, v] = applySimilarity(map, [x, y]);
      return u >= 0 && v >= 0 && u < width - 1 && v < height - 1;
    }),
  );
}

/** Positions and weights in fixed point are twice as fast as in floating point, and exact to a 256th of a pixel. */
const FIXED = 16;
const ONE = 1 << FIXED;

/** Adds the samples of one row of the chip, from (x, y) in steps of (stepX, stepY); a sum is {@link ONE} a level. */
function addRowInside(
  sums: Int32Array,
  { rgb, width }: Picture,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
): void {
  const rowBytes = width * 3;
  const dx = Math.round(stepX * ONE);
  const dy = Math.round(stepY * ONE);
  let fixedX = Math.round(x * ONE);
  let fixedY = Math.round(y * ONE);
  for (let to = 0; to < sums.length; to += 3) {
    const at = Math.imul(fixedY >> FIXED, rowBytes) + Math.imul(fixedX >> FIXED, 3);
    const below = at + rowBytes;
    const fx = (fixedX >> 8) & 255;
    const fy = (fixedY >> 8) & 255;
    const w3 = Math.imul(fx, fy);
    const w2 = (fy << 8) - w3;
    const w1 = (fx << 8) - w3;
    const w0 = ONE - (fx << 8) - w2;
    sums[to]! +=
      Math.imul(rgb[at]!, w0) +
      Math.imul(rgb[at + 3]!, w1) +
      Math.imul(rgb[below]!, w2) +
      Math.imul(rgb[below + 3]!, w3);
    sums[to + 1]! +=
      Math.imul(rgb[at + 1]!, w0) +
      Math.imul(rgb[at + 4]!, w1) +
      Math.imul(rgb[below + 1]!, w2) +
      Math.imul(rgb[below + 4]!, w3);
    sums[to + 2]! +=
      Math.imul(rgb[at + 2]!, w0) +
      Math.imul(rgb[at + 5]!, w1) +
      Math.imul(rgb[below + 2]!, w2) +
      Math.imul(rgb[below + 5]!, w3);
    fixedX = (fixedX + dx) | 0;
    fixedY = (fixedY + dy) | 0;
  }
}

/** The same where some samples lie outside of the picture: those are black. */
function addRowAnywhere(
  sums: Int32Array,
  { rgb, width, height }: Picture,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
): void {
  for (let to = 0; to < sums.length; to += 3, x += stepX, y += stepY) {
    const left = Math.floor(x);
    const top = Math.floor(y);
    for (let corner = 0; corner < 4; corner++) {
      const column = left + (corner & 1);
      const row = top + (corner >> 1);
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const share = (corner & 1 ? x - left : 1 + left - x) * (corner >> 1 ? y - top : 1 + top - y);
      const weight = Math.round(share * ONE);
      const at = (row * width + column) * 3;
      sums[to]! += rgb[at]! * weight;
      sums[to + 1]! += rgb[at + 1]! * weight;
      sums[to + 2]! += rgb[at + 2]! * weight;
    }
  }
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

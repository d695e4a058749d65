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
/** Up to a scale of 1.7 bilinear samples still touch almost every pixel; from there on two a side are taken. */
const SAMPLE_TWICE_BELOW = 0.3;

/** Positions and weights in fixed point are twice as fast as in floating point, and exact to a 256th of a pixel. */
const FIXED = 16;
const ONE = 1 << FIXED;
const HALF = ONE / 2;

/**
 * Cuts a turned and scaled rectangle out of a picture: pixel (x, y) of the chip is taken at `chipToPicture(x, y)`.
 * Bilinear, and where the picture is larger than the chip the mean of k×k samples a pixel (k = the scale), because
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
  const samples = Math.min(MOST_SAMPLES, Math.max(1, Math.floor(Math.hypot(a, b) + SAMPLE_TWICE_BELOW)));
  const step = 1 / samples;
  const first = (step - 1) / 2;
  const isInside = isWithin(picture, chipToPicture, width, height);
  if (isInside && samples === 1) {
    sampleOnce(into, mirroredInto, picture, chipToPicture, width, height);
    return;
  }
  const sampleRow = isInside ? addRowInside : addRowAnywhere;
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

/** The most frequent case by itself: one sample a pixel, all inside; no sums, each pixel written at once. */
function sampleOnce(
  into: Uint8Array,
  mirroredInto: Uint8Array | undefined,
  { rgb, width: sourceWidth }: Picture,
  { a, b, tx, ty }: Similarity,
  width: number,
  height: number,
): void {
  const dx = Math.round(a * ONE);
  const dy = Math.round(b * ONE);
  const rowBytes = sourceWidth * 3;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let fixedX = Math.round((tx - b * y) * ONE);
    let fixedY = Math.round((ty + a * y) * ONE);
    let mirroredTo = to + (width - 1) * 3;
    for (let x = 0; x < width; x++) {
      const at = Math.imul(fixedY >> FIXED, rowBytes) + Math.imul(fixedX >> FIXED, 3);
      const below = at + rowBytes;
      const fx = (fixedX >> 8) & 255;
      const fy = (fixedY >> 8) & 255;
      const w3 = Math.imul(fx, fy);
      const w2 = (fy << 8) - w3;
      const w1 = (fx << 8) - w3;
      const w0 = ONE - (fx << 8) - w2;
      const red =
        Math.imul(rgb[at]!, w0) +
        Math.imul(rgb[at + 3]!, w1) +
        Math.imul(rgb[below]!, w2) +
        Math.imul(rgb[below + 3]!, w3);
      const green =
        Math.imul(rgb[at + 1]!, w0) +
        Math.imul(rgb[at + 4]!, w1) +
        Math.imul(rgb[below + 1]!, w2) +
        Math.imul(rgb[below + 4]!, w3);
      const blue =
        Math.imul(rgb[at + 2]!, w0) +
        Math.imul(rgb[at + 5]!, w1) +
        Math.imul(rgb[below + 2]!, w2) +
        Math.imul(rgb[below + 5]!, w3);
      into[to] = (red + HALF) >> FIXED;
      into[to + 1] = (green + HALF) >> FIXED;
      into[to + 2] = (blue + HALF) >> FIXED;
      if (mirroredInto) {
        mirroredInto[mirroredTo] = (red + HALF) >> FIXED;
        mirroredInto[mirroredTo + 1] = (green + HALF) >> FIXED;
        mirroredInto[mirroredTo + 2] = (blue + HALF) >> FIXED;
      }
      to += 3;
      mirroredTo -= 3;
      fixedX = (fixedX + dx) | 0;
      fixedY = (fixedY + dy) | 0;
    }
  }
}

/** Adds the samples of one row of the chip, from (x, y) in steps of (stepX, stepY); a sum is {@link ONE} a level. */
function addRowInside(
  sums: Int32Array,
  picture: Picture,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
): void {
  const dx = Math.round(stepX * ONE);
  const dy = Math.round(stepY * ONE);
  let fixedX = Math.round(x * ONE);
  let fixedY = Math.round(y * ONE);
  for (let to = 0; to < sums.length; to += 3) {
    addSample(sums, to, picture, fixedX, fixedY);
    fixedX = (fixedX + dx) | 0;
    fixedY = (fixedY + dy) | 0;
  }
}

/** The same where some samples lie outside of the picture: those are black. */
function addRowAnywhere(
  sums: Int32Array,
  picture: Picture,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
): void {
  const { rgb, width, height } = picture;
  for (let to = 0; to < sums.length; to += 3, x += stepX, y += stepY) {
    if (x < -1 || y < -1 || x >= width || y >= height) continue;
    if (x >= 0 && y >= 0 && x < width - 1 && y < height - 1) {
      addSample(sums, to, picture, x * ONE, y * ONE);
      continue;
    }
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

/** Adds the mix of the four pixels around a place, given in 1/{@link ONE} pixels; all four must exist. */
function addSample(
  sums: Int32Array,
  to: number,
  { rgb, width }: Picture,
  fixedX: number,
  fixedY: number,
): void {
  const at = Math.imul(Math.imul(fixedY >> FIXED, width) + (fixedX >> FIXED), 3);
  const below = at + width * 3;
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
}

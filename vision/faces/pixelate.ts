import type { Picture } from '../frame.ts';
import { boxHeight, boxWidth, type BoxXyxy } from './geometry.ts';

/** Squares across a face: with six nobody can be made out, by a person or by a network (README). */
const SQUARES_ACROSS = 6;
/** The box is widened by this share on each side: hair, ears and chin tell too. */
const WIDEN = 0.35;

/** Makes a face unrecognisable in place: every square becomes its mean colour. What was there can't be got back. */
export function pixelate(picture: Picture, boxXyxy: BoxXyxy): void {
  const { rgb, width, height } = picture;
  const extraX = WIDEN * boxWidth(boxXyxy);
  const extraY = WIDEN * boxHeight(boxXyxy);
  const square = Math.max(4, Math.round((boxWidth(boxXyxy) + 2 * extraX) / SQUARES_ACROSS));
  const left = Math.max(0, Math.floor(boxXyxy[0] - extraX));
  const top = Math.max(0, Math.floor(boxXyxy[1] - extraY));
  const right = Math.min(width, Math.ceil(boxXyxy[2] + extraX));
  const bottom = Math.min(height, Math.ceil(boxXyxy[3] + extraY));
  for (let y = top; y < bottom; y += square) {
    for (let x = left; x < right; x += square) {
      fillWithMean(rgb, width, x, y, Math.min(right, x + square), Math.min(bottom, y + square));
    }
  }
}

function fillWithMean(
  rgb: Uint8Array,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  const sum = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
      sum[0]! += rgb[at]!;
      sum[1]! += rgb[at + 1]!;
      sum[2]! += rgb[at + 2]!;
    }
  }
  const count = (right - left) * (bottom - top);
  const [red, green, blue] = sum.map((value) => Math.round(value / count));
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
      rgb[at] = red!;
      rgb[at + 1] = green!;
      rgb[at + 2] = blue!;
    }
  }
}

import type { Picture } from '../frame.ts';
import { boxWidth, type BoxXyxy } from './geometry.ts';
import { shrink } from './shrink.ts';
import { warp, type Chip } from './warp.ts';

/** From this scale on every result pixel covers enough pixels for the fast way down. */
const SHRINK_FROM = 1.7;

/** A part of the picture, scaled to so many pixels; the part has the same proportions. Outside of the picture is black. */
export function cut(picture: Picture, regionXyxy: BoxXyxy, width: number, height: number): Chip {
  const [left, top] = regionXyxy;
  const scale = boxWidth(regionXyxy) / width;
  if (scale >= SHRINK_FROM) return shrink(picture, [left, top], scale, width, height);
  const shift = (scale - 1) / 2; // pixel centres: the middle of the first small pixel lies inside the first large one
  return warp(picture, { a: scale, b: 0, tx: left + shift, ty: top + shift }, width, height);
}

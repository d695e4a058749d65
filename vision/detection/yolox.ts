import type { BoxXyxy } from '../faces/geometry.ts';
import type { DetectedObject } from './object.ts';

/** YOLOX (Ge et al. 2021): no anchors, one answer a cell of three grids, the finest first. */
export const YOLOX_INPUT = 416;
const STRIDES = [8, 16, 32] as const;
/** Centre x and y from the cell, logarithms of width and height, objectness; then a score for each class. */
const NUMBERS_BEFORE_CLASSES = 5;
const CLASSES = 80;
const NUMBERS = NUMBERS_BEFORE_CLASSES + CLASSES;

/**
 * The objects in the network's answer, in pixels of the network's own picture. Each cell names its likeliest class only.
 * @param predictions a row of 85 numbers for each cell, grid after grid, row by row
 */
export function decodeYolox(
  predictions: Float32Array,
  minimumScore: number,
  side: number = YOLOX_INPUT,
): DetectedObject[] {
  const objects: DetectedObject[] = [];
  let at = 0;
  for (const stride of STRIDES) {
    const cells = side / stride;
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++, at += NUMBERS) {
        const objectness = predictions[at + 4]!;
        if (objectness < minimumScore) continue; // no class can be surer than that
        const classIndex = likeliestClass(predictions, at + NUMBERS_BEFORE_CLASSES);
        const score = objectness * predictions[at + NUMBERS_BEFORE_CLASSES + classIndex]!;
        if (score < minimumScore) continue;
        const x = (column + predictions[at]!) * stride;
        const y = (row + predictions[at + 1]!) * stride;
        const halfWidth = (Math.exp(predictions[at + 2]!) * stride) / 2;
        const halfHeight = (Math.exp(predictions[at + 3]!) * stride) / 2;
        const boxXyxy: BoxXyxy = [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
        objects.push({ boxXyxy, score, classIndex });
      }
    }
  }
  return objects;
}

function likeliestClass(predictions: Float32Array, from: number): number {
  let best = 0;
  for (let index = 1; index < CLASSES; index++) {
    if (predictions[from + index]! > predictions[from + best]!) best = index;
  }
  return best;
}

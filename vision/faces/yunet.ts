import { landmarkFrame, suppressOverlaps, type BoxHabit, type Face } from './face.ts';
import type { BoxXyxy, Point } from './geometry.ts';

/** YuNet (Wu et al. 2023): any size that is a multiple of 32, one anchor a cell on three grids. */
export const YUNET_STRIDES = [8, 16, 32] as const;

/** The box goes from the hairline to the chin and is narrower than high. */
const HABIT: BoxHabit = { side: 1.23, down: 0.05 };

/** One grid's outputs, row by row. */
export interface YunetGrid {
  readonly stride: number;
  readonly classScores: Float32Array;
  readonly objectScores: Float32Array;
  /** Offset of the centre and logarithm of the size, in cells. */
  readonly boxes: Float32Array;
  /** Right eye, left eye, nose, right and left mouth corner of the person: left to right in the picture. */
  readonly landmarks: Float32Array;
}

/**
 * The faces in the network's answer.
 * @param inputWidth of the network's picture, pixels
 * @param region what that picture showed, in pixels of the whole picture; its width is `inputWidth` times the scale
 */
export function decodeYunet(
  grids: readonly YunetGrid[],
  inputWidth: number,
  region: BoxXyxy,
  minimumScore: number,
): Face[] {
  const scale = (region[2] - region[0]) / inputWidth;
  const faces: Face[] = [];
  for (const { stride, classScores, objectScores, boxes, landmarks } of grids) {
    const columns = inputWidth / stride;
    for (let cell = 0; cell < classScores.length; cell++) {
      const score = Math.sqrt(unit(classScores[cell]!) * unit(objectScores[cell]!));
      if (score < minimumScore) continue;
      const column = cell % columns;
      const row = Math.floor(cell / columns);
      const place = (dx: number, dy: number): Point => [
        (column + dx) * stride * scale + region[0],
        (row + dy) * stride * scale + region[1],
      ];
      const [x, y] = place(boxes[cell * 4]!, boxes[cell * 4 + 1]!);
      const halfWidth = (Math.exp(boxes[cell * 4 + 2]!) * stride * scale) / 2;
      const halfHeight = (Math.exp(boxes[cell * 4 + 3]!) * stride * scale) / 2;
      const boxXyxy: BoxXyxy = [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
      const points = Array.from({ length: 5 }, (_, index) =>
        place(landmarks[cell * 10 + 2 * index]!, landmarks[cell * 10 + 2 * index + 1]!),
      );
      faces.push({
        boxXyxy,
        score,
        landmarks: points,
        landmarkFrame: landmarkFrame(boxXyxy, HABIT, [points[0]!, points[1]!]),
      });
    }
  }
  return suppressOverlaps(faces);
}

const unit = (value: number): number => Math.min(1, Math.max(0, value));

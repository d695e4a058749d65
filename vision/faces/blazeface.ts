import { landmarkFrame, suppressOverlaps, type BoxHabit, type Face } from './face.ts';
import type { BoxXyxy, Point } from './geometry.ts';

/** BlazeFace (Bazarevsky et al. 2019, back camera): a square of 256 pixels, 896 anchors on two grids. */
export const BLAZEFACE_INPUT = 256;

const GRIDS = [
  { stride: 16, anchorsPerCell: 2 },
  { stride: 32, anchorsPerCell: 6 },
] as const;
const VALUES_PER_ANCHOR = 16;
/** Eyes, nose, mouth, ears. The first four are what others call landmarks too; the ears guess at hair. */
const LANDMARKS = 4;
/** The box goes from the brows to the chin. */
const HABIT: BoxHabit = { side: 1.15, down: -0.04 };

export interface BlazefaceOutputs {
  /** 512 logits of the 16-pixel grid, 384 of the 32-pixel grid. */
  readonly logits: readonly [Float32Array, Float32Array];
  /** 16 numbers an anchor: centre, size, six points, in pixels of the input relative to the anchor. */
  readonly boxes: readonly [Float32Array, Float32Array];
}

/**
 * The faces in the network's answer.
 * @param square what the 256×256 input showed, in pixels of the picture
 */
export function decodeBlazeface(outputs: BlazefaceOutputs, square: BoxXyxy, minimumScore: number): Face[] {
  const scale = (square[2] - square[0]) / BLAZEFACE_INPUT;
  const minimumLogit = Math.log(minimumScore / (1 - minimumScore));
  const faces: Face[] = [];
  GRIDS.forEach(({ stride, anchorsPerCell }, grid) => {
    const logits = outputs.logits[grid]!;
    const values = outputs.boxes[grid]!;
    const cells = BLAZEFACE_INPUT / stride;
    for (let anchor = 0; anchor < logits.length; anchor++) {
      const logit = logits[anchor]!;
      if (logit < minimumLogit) continue;
      const cell = Math.floor(anchor / anchorsPerCell);
      const anchorX = ((cell % cells) + 0.5) * stride;
      const anchorY = (Math.floor(cell / cells) + 0.5) * stride;
      const at = anchor * VALUES_PER_ANCHOR;
      const point = (offset: number): Point => [
        (values[at + offset]! + anchorX) * scale + square[0],
        (values[at + offset + 1]! + anchorY) * scale + square[1],
      ];
      const [x, y] = point(0);
      const halfWidth = (values[at + 2]! * scale) / 2;
      const halfHeight = (values[at + 3]! * scale) / 2;
      const boxXyxy: BoxXyxy = [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
      const landmarks = Array.from({ length: LANDMARKS }, (_, index) => point(4 + 2 * index));
      faces.push({
        boxXyxy,
        score: 1 / (1 + Math.exp(-logit)),
        landmarks,
        landmarkFrame: landmarkFrame(boxXyxy, HABIT, [landmarks[0]!, landmarks[1]!]),
      });
    }
  });
  return suppressOverlaps(faces);
}

import {
  applySimilarity,
  centroid,
  composeSimilarity,
  fitSimilarity,
  invertSimilarity,
  middleSimilarity,
  type Point,
  type Similarity,
} from './geometry.ts';
import { MEAN_FACE_51 } from './mean-face.ts';

/** Side of the chip that dlib's network was trained on. */
export const CHIP_SIZE = 150;
/** Room around the mean face on each side, in widths of the mean face; also part of the network's contract. */
const PADDING = 0.25;

const FIRST_OF_MEAN_FACE = 17;

/** Landmark numbers (iBUG scheme, 0..67) that place the chip: no jaw and brows (they move), no lower lip (it talks). */
const PLACING_LANDMARKS = Array.from({ length: 68 }, (_, number) => number).filter(
  (number) => number >= 27 && !(number >= 55 && number <= 59) && number < 65,
);

const CHIP_POINTS = PLACING_LANDMARKS.map(onChip);

/** Left eye, right eye, tip of the nose, corners of the mouth; as in the picture, the left one first. */
const FIVE_GROUPS: readonly (readonly number[])[] = [
  [36, 37, 38, 39, 40, 41],
  [42, 43, 44, 45, 46, 47],
  [30],
  [48],
  [54],
];
const CHIP_FIVE_POINTS = FIVE_GROUPS.map((group) => centroid(group.map(onChip)));

/**
 * The usual five points on a 112×112 picture, to which most networks since 2018 are trained (ArcFace, Deng et al. 2019;
 * MobileFace and SFace among them).
 */
const ARCFACE_FIVE_POINTS: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/** Pixel of dlib's 150-pixel chip → pixel of the picture, from 68 landmarks. */
export function chipFromLandmarks(landmarks68: readonly Point[]): Similarity {
  return fitSimilarity(
    CHIP_POINTS,
    PLACING_LANDMARKS.map((number) => landmarks68[number]!),
  );
}

/** Pixel of the 112-pixel picture → pixel of dlib's chip, for a face like the mean face. */
const ARCFACE_TO_CHIP = fitSimilarity(ARCFACE_FIVE_POINTS, CHIP_FIVE_POINTS);

/**
 * Pixel of the 112-pixel picture that ArcFace-like networks want → pixel of the picture. The middle of two answers: the
 * five points that these networks are trained with, and dlib's chip, which rests on 36 points and so trembles less
 * (measured: README).
 */
export function arcfaceFromLandmarks(landmarks68: readonly Point[], chipToPicture: Similarity): Similarity {
  const byFivePoints = fitSimilarity(ARCFACE_FIVE_POINTS, fivePoints(landmarks68));
  return middleSimilarity(byFivePoints, composeSimilarity(chipToPicture, ARCFACE_TO_CHIP));
}

/** Eyes (their middles), nose and mouth corners out of the 68. */
export function fivePoints(landmarks68: readonly Point[]): Point[] {
  return FIVE_GROUPS.map((group) => centroid(group.map((number) => landmarks68[number]!)));
}

/** A square in the picture, turned with the face. */
export interface FaceFrame {
  readonly centre: Point;
  readonly side: number;
  /** Clockwise on the screen. */
  readonly turnRadians: number;
}

/** The square around a face that lies at `centre` of its chip and is `side` chip pixels wide. */
export function frameOnChip(chipToPicture: Similarity, centre: Point, side: number): FaceFrame {
  return {
    centre: applySimilarity(chipToPicture, centre),
    side: side * Math.hypot(chipToPicture.a, chipToPicture.b),
    turnRadians: Math.atan2(chipToPicture.b, chipToPicture.a),
  };
}

/** Pixel of a `pixels`×`pixels` picture of the frame → pixel of the picture. */
export function frameToPicture({ centre, side, turnRadians }: FaceFrame, pixels: number): Similarity {
  const scale = side / pixels;
  const a = scale * Math.cos(turnRadians);
  const b = scale * Math.sin(turnRadians);
  const middle = (pixels - 1) / 2;
  return { a, b, tx: centre[0] - (a - b) * middle, ty: centre[1] - (b + a) * middle };
}

/** How far the landmarks lie from the mean face after the best similarity, in chip pixels (root mean square). */
export function misfit(
  landmarks68: readonly Point[],
  chipToPicture = chipFromLandmarks(landmarks68),
): number {
  const pictureToChip = invertSimilarity(chipToPicture);
  let sum = 0;
  PLACING_LANDMARKS.forEach((number, index) => {
    const [x, y] = applySimilarity(pictureToChip, landmarks68[number]!);
    const [u, v] = CHIP_POINTS[index]!;
    sum += (x - u) ** 2 + (y - v) ** 2;
  });
  return Math.sqrt(sum / PLACING_LANDMARKS.length);
}

function onChip(landmark: number): Point {
  const [x, y] = MEAN_FACE_51[landmark - FIRST_OF_MEAN_FACE]!;
  const scale = CHIP_SIZE / (2 * PADDING + 1);
  return [(PADDING + x) * scale, (PADDING + y) * scale];
}

import type { Chip } from './warp.ts';
import {
  invertSimilarity,
  applySimilarity,
  boxWidth,
  type BoxXyxy,
  type Point,
  type Similarity,
} from './geometry.ts';
import { fivePoints, misfit } from './face-chip.ts';

/** What can be said of a face before it is compared. */
export interface FaceQuality {
  /** Width of the detector's box in pixels of the picture. */
  readonly widthPixels: number;
  /** How far the nose stands off the middle between the eyes, in eye distances: 0 frontal, about 0.5 at 45 degrees. */
  readonly yaw: number;
  /** Turn of the head in the picture's plane. */
  readonly rollDegrees: number;
  /** How far the landmarks lie from the mean face, chip pixels: large when the landmarks are wrong or the face turned. */
  readonly misfitPixels: number;
  /** Variance of the Laplacian of the chip's grey values: small when blurred. */
  readonly sharpness: number;
  /** Mean grey value of the face's middle, 0..255. */
  readonly brightness: number;
  /** Standard deviation of the same. */
  readonly contrast: number;
}

export type PoorQuality =
  'too-small' | 'turned-away' | 'tilted' | 'unclear' | 'blurred' | 'dark' | 'overexposed' | 'flat';

export interface QualityLimits {
  readonly minimumWidthPixels: number;
  readonly maximumYaw: number;
  readonly maximumRollDegrees: number;
  readonly maximumMisfitPixels: number;
  readonly minimumSharpness: number;
  readonly minimumBrightness: number;
  readonly maximumBrightness: number;
  readonly minimumContrast: number;
}

/**
 * Limits for the live door. They only keep out what would waste a vote; the threshold and the margin decide.
 * - width: false rejections at 0.55 grow from 5 % at 58 pixels to 12.5 % at 46 and 38.5 % at 28 (README);
 * - yaw: beyond about 45 degrees half of the face is hidden, and dlib's alignment has no mean face for it;
 * - roll is undone by alignment, but detectors rarely get that far;
 * - misfit: frontal faces fit within 2 to 5.5 chip pixels, a profile or landmarks that slipped off have more;
 * - sharpness: a face that is blurred over 3 pixels of its chip has less; what is upscaled from 40 pixels still has more;
 * - brightness and contrast: below, 8-bit compressed pictures hold no face any more.
 */
export const DOOR_LIMITS: QualityLimits = {
  minimumWidthPixels: 44,
  maximumYaw: 0.55,
  maximumRollDegrees: 40,
  maximumMisfitPixels: 7,
  minimumSharpness: 4,
  minimumBrightness: 25,
  maximumBrightness: 235,
  minimumContrast: 10,
};

/** Limits for enrolment: a reference is used for years, so it has to be better than a frame of a video. */
export const ENROLMENT_LIMITS: QualityLimits = {
  ...DOOR_LIMITS,
  minimumWidthPixels: 70,
  maximumYaw: 0.45,
  maximumMisfitPixels: 6.5,
  maximumRollDegrees: 35,
  minimumSharpness: 8,
  minimumBrightness: 35,
  maximumBrightness: 225,
  minimumContrast: 14,
};

/**
 * Measures a face.
 * @param chip dlib's 150-pixel chip of it
 */
export function measureQuality(
  boxXyxy: BoxXyxy,
  landmarks68: readonly Point[],
  chipToPicture: Similarity,
  chip: Chip,
): FaceQuality {
  const toChip = invertSimilarity(chipToPicture);
  const [leftEye, rightEye, nose] = fivePoints(landmarks68).map((point) => applySimilarity(toChip, point));
  const eyeDistance = rightEye![0] - leftEye![0];
  const grey = greyOf(chip);
  const { mean, deviation } = middleStatistics(grey, chip.width);
  return {
    widthPixels: boxWidth(boxXyxy),
    yaw: eyeDistance <= 0 ? Infinity : Math.abs(nose![0] - (leftEye![0] + rightEye![0]) / 2) / eyeDistance,
    rollDegrees: Math.abs((Math.atan2(chipToPicture.b, chipToPicture.a) * 180) / Math.PI),
    misfitPixels: misfit(landmarks68, chipToPicture),
    sharpness: laplacianVariance(grey, chip.width, chip.height),
    brightness: mean,
    contrast: deviation,
  };
}

/** The first reason why a face is not worth comparing, or undefined. */
export function poorQuality(quality: FaceQuality, limits: QualityLimits): PoorQuality | undefined {
  if (quality.widthPixels < limits.minimumWidthPixels) return 'too-small';
  if (quality.yaw > limits.maximumYaw) return 'turned-away';
  if (quality.rollDegrees > limits.maximumRollDegrees) return 'tilted';
  if (quality.misfitPixels > limits.maximumMisfitPixels) return 'unclear';
  if (quality.brightness < limits.minimumBrightness) return 'dark';
  if (quality.brightness > limits.maximumBrightness) return 'overexposed';
  if (quality.contrast < limits.minimumContrast) return 'flat';
  if (quality.sharpness < limits.minimumSharpness) return 'blurred';
  return undefined;
}

function greyOf({ rgb }: Chip): Float32Array {
  const grey = new Float32Array(rgb.length / 3);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const at = pixel * 3;
    grey[pixel] = 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!; // luma of ITU-R BT.601
  }
  return grey;
}

/** Pech-Pacheco et al. 2000: the Laplacian answers to edges, blur takes them away. */
function laplacianVariance(grey: Float32Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const laplacian = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}

/** Of the middle half of the chip, where the face is and hair and background are not. */
function middleStatistics(grey: Float32Array, width: number): { mean: number; deviation: number } {
  const height = grey.length / width;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = Math.floor(height / 4); y < (3 * height) / 4; y++) {
    for (let x = Math.floor(width / 4); x < (3 * width) / 4; x++) {
      const value = grey[y * width + x]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

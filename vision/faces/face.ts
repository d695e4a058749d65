import type { FaceFrame } from './face-chip.ts';
import { boxCentre, boxWidth, intersectionOverUnion, type BoxXyxy, type Point } from './geometry.ts';

/** A face that a detector found, in pixels of the picture it was given. */
export interface Face {
  readonly boxXyxy: BoxXyxy;
  /** The detector's confidence, 0..1. */
  readonly score: number;
  /**
   * What the detector knows of eyes, nose and mouth, in the picture's left-to-right order; empty for detectors that find
   * boxes only. Kept for drawing: recognition finds its own 68 landmarks.
   */
  readonly landmarks: readonly Point[];
  /** Where the 68-point network is to look first; detectors draw their boxes differently, this evens it out. */
  readonly landmarkFrame: FaceFrame;
}

/** How a detector's box lies to the frame that the 68-point network wants, measured on frontal faces (README). */
export interface BoxHabit {
  /** Side of the frame in widths of the box. */
  readonly side: number;
  /** How far the frame's centre lies below the box's, in widths of the box. */
  readonly down: number;
}

/** The frame for a box, turned with the eyes where the detector knows them. */
export function landmarkFrame(boxXyxy: BoxXyxy, habit: BoxHabit, eyes?: readonly [Point, Point]): FaceFrame {
  const width = boxWidth(boxXyxy);
  const turnRadians = eyes ? Math.atan2(eyes[1][1] - eyes[0][1], eyes[1][0] - eyes[0][0]) : 0;
  const [x, y] = boxCentre(boxXyxy);
  const down = habit.down * width;
  return {
    centre: [x - down * Math.sin(turnRadians), y + down * Math.cos(turnRadians)],
    side: habit.side * width,
    turnRadians,
  };
}

/**
 * Keeps the most confident of faces that overlap (greedy non-maximum suppression).
 * @param overlap an intersection over union above this is the same face. 0.3: two heads side by side overlap by less.
 */
export function suppressOverlaps<Found extends Pick<Face, 'boxXyxy' | 'score'>>(
  faces: readonly Found[],
  overlap = 0.3,
): Found[] {
  const kept: Found[] = [];
  for (const face of [...faces].sort((one, other) => other.score - one.score)) {
    if (kept.every((better) => intersectionOverUnion(better.boxXyxy, face.boxXyxy) <= overlap))
      kept.push(face);
  }
  return kept;
}

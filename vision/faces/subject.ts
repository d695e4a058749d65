import type { Picture } from '../frame.ts';
import type { Embedding } from './embedding-space.ts';
import type { FaceDetector } from './face-detector.ts';
import type { FaceReader } from './face-reader.ts';
import type { Face } from './face.ts';
import { boxCentre, boxWidth } from './geometry.ts';

/** A face this far from the middle (in widths of the picture) counts e times less. */
const CENTRAL = 0.2;
/** Landmarks that fit a mean face worse than this have probably slipped: another detector is asked. */
const DOUBTFUL_MISFIT = 7;

/**
 * Whose picture it is, when several faces are in it: the most certain, large and central one. In LFW the person whose name
 * the picture bears is the one nearest its centre, and others may stand behind.
 */
export function subjectOf(picture: Picture, faces: readonly Face[]): Face | undefined {
  const worth = (face: Face): number => {
    const [x, y] = boxCentre(face.boxXyxy);
    const distance = Math.hypot(x - picture.width / 2, y - picture.height / 2) / picture.width;
    return face.score ** 2 * boxWidth(face.boxXyxy) * Math.exp(-((distance / CENTRAL) ** 2));
  };
  return [...faces].sort((one, other) => worth(other) - worth(one))[0];
}

/** Reads the subject of a photograph, with a second detector where the first finds nothing or something doubtful. */
export async function readSubject(
  picture: Picture,
  detectors: readonly FaceDetector[],
  reader: FaceReader,
): Promise<Embedding | undefined> {
  let best: { embedding: Embedding; misfit: number } | undefined;
  for (const detector of detectors) {
    const face = subjectOf(picture, await detector.detect(picture));
    if (!face) continue;
    const reading = await reader.read(picture, face, 'accurate');
    if (reading.kind !== 'embedded') continue;
    const misfit = reading.quality.misfitPixels;
    if (!best || misfit < best.misfit) best = { embedding: reading.embedding, misfit };
    if (misfit <= DOUBTFUL_MISFIT) break;
  }
  return best?.embedding;
}

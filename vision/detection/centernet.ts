import type { BoxXyxy } from '../faces/geometry.ts';
import type { DetectedObject } from './object.ts';

/** CenterNet (Zhou, Wang, Krähenbühl 2019, "Objects as Points"): peaks of a heat map, a size at each. */
export const CENTERNET_INPUTS = {
  centernet: { width: 512, height: 512 },
  'centernet-wide': { width: 576, height: 320 },
} as const;
/** Left, top, right, bottom, score, class. */
const NUMBERS = 6;

/**
 * The objects in the network's answer, in pixels of the network's own picture.
 * @param detections rows of six numbers, most confident first
 */
export function decodeCenternet(detections: Float32Array, minimumScore: number): DetectedObject[] {
  const objects: DetectedObject[] = [];
  for (let at = 0; at < detections.length; at += NUMBERS) {
    const score = detections[at + 4]!;
    if (score < minimumScore) continue;
    const corner = (index: number): number => detections[at + index]!;
    const boxXyxy: BoxXyxy = [corner(0), corner(1), corner(2), corner(3)];
    objects.push({ boxXyxy, score, classIndex: Math.round(detections[at + 5]!) });
  }
  return objects;
}

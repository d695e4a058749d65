import { boxHeight, intersectionOverUnion, type BoxXyxy } from '../faces/geometry.ts';
import { assign } from './assignment.ts';

/** What is left of both sides when those who belong together are joined. */
export interface Joined<T, D> {
  readonly tracks: T[];
  readonly detections: D[];
}

/** How much the overlap of heights counts beside that of areas. */
const HEIGHT_WEIGHT = 0.3;

/**
 * How well two boxes of people agree, 0..1: intersection over union, times the same of their heights to the power of 0.3.
 * People in a row overlap in area, but differ in height and where they stand. After the height modulated overlap of
 * M. Yang et al., Hybrid-SORT: Weak cues matter for online multi-object tracking, AAAI 2024, weighed more softly.
 */
export function overlapOf(one: BoxXyxy, other: BoxXyxy): number {
  const overlap = intersectionOverUnion(one, other);
  if (overlap === 0) return 0;
  const shared = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return overlap * (shared / (boxHeight(one) + boxHeight(other) - shared)) ** HEIGHT_WEIGHT;
}

/**
 * Joins tracks with detections so that all overlaps together are largest; pairs that overlap by `leastOverlap` or less
 * are never made.
 * @param onPair told every pair
 */
export function joinByOverlap<
  T extends { readonly expectedXyxy: BoxXyxy },
  D extends { readonly boxXyxy: BoxXyxy },
>(
  tracks: readonly T[],
  detections: readonly D[],
  leastOverlap: number,
  onPair: (track: T, detection: D) => void,
): Joined<T, D> {
  const costs = new Float64Array(tracks.length * detections.length);
  for (let row = 0; row < tracks.length; row++) {
    const { expectedXyxy } = tracks[row]!;
    for (let column = 0; column < detections.length; column++) {
      costs[row * detections.length + column] = -overlapOf(expectedXyxy, detections[column]!.boxXyxy);
    }
  }
  const { columnOfRow, rowOfColumn } = assign(costs, tracks.length, detections.length, -leastOverlap);
  tracks.forEach((track, row) => {
    const detection = detections[columnOfRow[row]!];
    if (detection) onPair(track, detection);
  });
  return {
    tracks: tracks.filter((_, row) => columnOfRow[row] === -1),
    detections: detections.filter((_, column) => rowOfColumn[column] === -1),
  };
}

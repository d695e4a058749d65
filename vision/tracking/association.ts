import type { BoxXyxy } from '../faces/geometry.ts';
import { assign } from './assignment.ts';

/** What is left of both sides when those who belong together are joined. */
export interface Joined<T, D> {
  readonly tracks: T[];
  readonly detections: D[];
}

/** How much the overlap of heights counts beside that of areas. */
const HEIGHT_WEIGHT = 0.8;

/**
 * How well two boxes of people agree, 0..1: intersection over union, times the same of their heights to the power of 0.8.
 * People in a row overlap in area, but differ in height and in where they stand. After the height modulated overlap of
 * M. Yang et al., Hybrid-SORT: Weak cues matter for online multi-object tracking, AAAI 2024, weighed a little more softly.
 * @param one where a track is expected
 * @param other what was found
 * @param margin both boxes are first widened by this share of their size on every side: between two pictures of a slow
 *   detector people walk out of their boxes (F. Yang et al., Hard to track objects with irregular motions and similar
 *   appearances? Make it easier by buffering the matching space, WACV 2023). Heights are compared with what was found as
 *   it is, so the margin also costs: somebody who was seen just now comes before somebody who is long lost.
 */
export function overlapOf(one: BoxXyxy, other: BoxXyxy, margin = 0): number {
  const sides = 1 + 2 * margin;
  const [oneWidth, oneHeight] = [one[2] - one[0], one[3] - one[1]];
  const [otherWidth, otherHeight] = [other[2] - other[0], other[3] - other[1]];
  const width = shared(one[0], one[2], margin * oneWidth, other[0], other[2], margin * otherWidth);
  const height = shared(one[1], one[3], margin * oneHeight, other[1], other[3], margin * otherHeight);
  if (width <= 0 || height <= 0) return 0;
  const areas = (oneWidth * oneHeight + otherWidth * otherHeight) * sides * sides;
  const overlap = (width * height) / (areas - width * height);
  const both = shared(one[1], one[3], margin * oneHeight, other[1], other[3], 0);
  return overlap * (Math.max(0, both) / (oneHeight * sides + otherHeight - both)) ** HEIGHT_WEIGHT;
}

/**
 * Joins tracks with detections so that all overlaps together are largest; pairs that overlap by `leastOverlap` or less
 * are never made.
 * @param onPair told every pair
 */
export function joinByOverlap<
  T extends { readonly expectedXyxy: BoxXyxy; readonly margin: number },
  D extends { readonly boxXyxy: BoxXyxy },
>(
  tracks: readonly T[],
  detections: readonly D[],
  leastOverlap: number,
  onPair: (track: T, detection: D) => void,
): Joined<T, D> {
  const costs = new Float64Array(tracks.length * detections.length);
  for (let row = 0; row < tracks.length; row++) {
    const { expectedXyxy, margin } = tracks[row]!;
    for (let column = 0; column < detections.length; column++) {
      costs[row * detections.length + column] = -overlapOf(expectedXyxy, detections[column]!.boxXyxy, margin);
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

/** The length that two stretches have in common, each made longer by its margin at both ends. */
function shared(
  from: number,
  to: number,
  margin: number,
  otherFrom: number,
  otherTo: number,
  otherMargin: number,
): number {
  return Math.min(to + margin, otherTo + otherMargin) - Math.max(from - margin, otherFrom - otherMargin);
}

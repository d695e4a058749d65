import { assign } from '../assignment.ts';
import type { Comparison } from './comparison.ts';

/** Counts at each of the 19 overlaps from 0.05 to 0.95; they add up over sequences. */
export interface HotaCounts {
  readonly matches: readonly number[];
  readonly falsePositives: readonly number[];
  readonly falseNegatives: readonly number[];
  /** Sum over all matches of how well their person and track belong together. */
  readonly associationSums: readonly number[];
  readonly overlapSums: readonly number[];
}

/** Means over all overlaps. */
export interface HotaFigures {
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  readonly locA: number;
}

const THRESHOLDS = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);

/**
 * HOTA (J. Luiten et al., HOTA: A higher order metric for evaluating multi-object tracking, IJCV 129, 2021): detection and
 * association count alike. Pairs are matched by overlap times how well the two belong together over the whole sequence.
 */
export function hota({ truthCount, trackCount, frames }: Comparison): HotaCounts {
  const belonging = new Float64Array(truthCount * trackCount);
  const truthBoxes = new Float64Array(truthCount);
  const trackBoxes = new Float64Array(trackCount);
  for (const { truths, tracks, overlaps } of frames) {
    for (const truth of truths) truthBoxes[truth]!++;
    for (const track of tracks) trackBoxes[track]!++;
    const rowSums = truths.map((_, row) =>
      sum(overlaps.subarray(row * tracks.length, (row + 1) * tracks.length)),
    );
    const columnSums = tracks.map((_, column) =>
      truths.reduce((total, _truth, row) => total + overlaps[row * tracks.length + column]!, 0),
    );
    truths.forEach((truth, row) =>
      tracks.forEach((track, column) => {
        const overlap = overlaps[row * tracks.length + column]!;
        const whole = rowSums[row]! + columnSums[column]! - overlap;
        if (whole > Number.EPSILON) belonging[truth * trackCount + track]! += overlap / whole;
      }),
    );
  }
  for (let truth = 0; truth < truthCount; truth++) {
    for (let track = 0; track < trackCount; track++) {
      const index = truth * trackCount + track;
      const together = belonging[index]!;
      belonging[index] = together / (truthBoxes[truth]! + trackBoxes[track]! - together);
    }
  }

  const together = THRESHOLDS.map(() => new Float64Array(truthCount * trackCount));
  const [matches, falsePositives, falseNegatives, overlapSums] = [0, 0, 0, 0].map(() =>
    THRESHOLDS.map(() => 0),
  ) as [number[], number[], number[], number[]];
  for (const { truths, tracks, overlaps } of frames) {
    const costs = overlaps.map((overlap, index) => {
      const [row, column] = [Math.floor(index / tracks.length), index % tracks.length];
      return -overlap * belonging[truths[row]! * trackCount + tracks[column]!]!;
    });
    const { columnOfRow } = assign(costs, truths.length, tracks.length, 0);
    THRESHOLDS.forEach((threshold, at) => {
      let found = 0;
      truths.forEach((truth, row) => {
        const column = columnOfRow[row]!;
        if (column === -1) return;
        const overlap = overlaps[row * tracks.length + column]!;
        if (overlap < threshold - Number.EPSILON) return;
        found++;
        overlapSums[at]! += overlap;
        together[at]![truth * trackCount + tracks[column]!]!++;
      });
      matches[at]! += found;
      falsePositives[at]! += tracks.length - found;
      falseNegatives[at]! += truths.length - found;
    });
  }
  const associationSums = together.map((counts) => {
    let total = 0;
    counts.forEach((count, index) => {
      if (count === 0) return;
      const whole = truthBoxes[Math.floor(index / trackCount)]! + trackBoxes[index % trackCount]! - count;
      total += (count * count) / whole;
    });
    return total;
  });
  return { matches, falsePositives, falseNegatives, associationSums, overlapSums };
}

export function addHota(one: HotaCounts, other: HotaCounts): HotaCounts {
  const add = (some: readonly number[], more: readonly number[]) =>
    some.map((value, index) => value + more[index]!);
  return {
    matches: add(one.matches, other.matches),
    falsePositives: add(one.falsePositives, other.falsePositives),
    falseNegatives: add(one.falseNegatives, other.falseNegatives),
    associationSums: add(one.associationSums, other.associationSums),
    overlapSums: add(one.overlapSums, other.overlapSums),
  };
}

export function hotaFigures(counts: HotaCounts): HotaFigures {
  const at = THRESHOLDS.map((_, index) => {
    const matches = counts.matches[index]!;
    const whole = matches + counts.falsePositives[index]! + counts.falseNegatives[index]!;
    const detA = matches / Math.max(1, whole);
    const assA = counts.associationSums[index]! / Math.max(1, matches);
    // Nothing matched at all is told as perfectly placed, as the official evaluation does.
    const locA = matches === 0 ? 1 : counts.overlapSums[index]! / matches;
    return { hota: Math.sqrt(detA * assA), detA, assA, locA };
  });
  const mean = (key: keyof HotaFigures): number => sum(at.map((figures) => figures[key])) / at.length;
  return { hota: mean('hota'), detA: mean('detA'), assA: mean('assA'), locA: mean('locA') };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}

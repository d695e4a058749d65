import { assign } from '../assignment.ts';
import { SAME_PERSON_OVERLAP, type Comparison } from './comparison.ts';

/** Counts that add up over sequences. */
export interface ClearCounts {
  readonly matches: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly idSwitches: number;
  /** Sum of the overlaps of all matches. */
  readonly overlapSum: number;
}

export interface ClearFigures {
  /** 1 - (misses + false boxes + switches) / true boxes; may be below 0. */
  readonly mota: number;
  /** Mean overlap of matched boxes. */
  readonly motp: number;
}

/** Much above any overlap: who was matched in the picture before stays matched, whatever that costs others. */
const STAYS = 1000;

/**
 * CLEAR MOT (K. Bernardin, R. Stiefelhagen, Evaluating multiple object tracking performance, EURASIP JIVP 2008): pairs of
 * the picture before are kept while they overlap by half; the others are matched with the largest overlap. A switch is a
 * person who is matched to another track than the last time they were matched.
 */
export function clearMot({ truthCount, frames }: Comparison): ClearCounts {
  const lastTrack = new Int32Array(truthCount).fill(-1);
  let before = new Map<number, number>();
  let [matches, falsePositives, falseNegatives, idSwitches, overlapSum] = [0, 0, 0, 0, 0];
  for (const { truths, tracks, overlaps } of frames) {
    const costs = overlaps.map((overlap, index) => {
      if (overlap < SAME_PERSON_OVERLAP - Number.EPSILON) return 0;
      const [row, column] = [Math.floor(index / tracks.length), index % tracks.length];
      return -overlap - (before.get(truths[row]!) === tracks[column] ? STAYS : 0);
    });
    const { columnOfRow } = assign(costs, truths.length, tracks.length, 0);
    const now = new Map<number, number>();
    truths.forEach((truth, row) => {
      const column = columnOfRow[row]!;
      if (column === -1) return;
      const track = tracks[column]!;
      if (lastTrack[truth] !== -1 && lastTrack[truth] !== track) idSwitches++;
      lastTrack[truth] = track;
      now.set(truth, track);
      overlapSum += overlaps[row * tracks.length + column]!;
    });
    matches += now.size;
    falseNegatives += truths.length - now.size;
    falsePositives += tracks.length - now.size;
    before = now;
  }
  return { matches, falsePositives, falseNegatives, idSwitches, overlapSum };
}

export function addClear(one: ClearCounts, other: ClearCounts): ClearCounts {
  return {
    matches: one.matches + other.matches,
    falsePositives: one.falsePositives + other.falsePositives,
    falseNegatives: one.falseNegatives + other.falseNegatives,
    idSwitches: one.idSwitches + other.idSwitches,
    overlapSum: one.overlapSum + other.overlapSum,
  };
}

export function clearFigures(counts: ClearCounts): ClearFigures {
  const { matches, falsePositives, falseNegatives, idSwitches, overlapSum } = counts;
  return {
    mota: (matches - falsePositives - idSwitches) / Math.max(1, matches + falseNegatives),
    motp: overlapSum / Math.max(1, matches),
  };
}

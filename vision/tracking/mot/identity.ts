import { assign } from '../assignment.ts';
import { SAME_PERSON_OVERLAP, type Comparison } from './comparison.ts';

/** Counts that add up over sequences: boxes that carry the right identity, wrong ones, and ones not told. */
export interface IdentityCounts {
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
}

export interface IdentityFigures {
  readonly idf1: number;
  /** Share of the told boxes that carry the right identity. */
  readonly idp: number;
  /** Share of the true boxes that do. */
  readonly idr: number;
}

/**
 * Identity scores (E. Ristani et al., Performance measures and a data set for multi-target, multi-camera tracking, ECCV
 * workshops 2016): over the whole sequence every person is given at most one track, so that as many boxes as possible are right.
 */
export function identity({ truthCount, trackCount, frames }: Comparison): IdentityCounts {
  const together = new Float64Array(truthCount * trackCount);
  let [trueBoxes, toldBoxes] = [0, 0];
  for (const { truths, tracks, overlaps } of frames) {
    trueBoxes += truths.length;
    toldBoxes += tracks.length;
    overlaps.forEach((overlap, index) => {
      if (overlap < SAME_PERSON_OVERLAP) return;
      const [row, column] = [Math.floor(index / tracks.length), index % tracks.length];
      together[truths[row]! * trackCount + tracks[column]!]! -= 1;
    });
  }
  const { columnOfRow } = assign(together, truthCount, trackCount, 0);
  let right = 0;
  columnOfRow.forEach((track, truth) => {
    if (track >= 0) right -= together[truth * trackCount + track]!;
  });
  return { right, wrong: toldBoxes - right, missing: trueBoxes - right };
}

export function addIdentity(one: IdentityCounts, other: IdentityCounts): IdentityCounts {
  return {
    right: one.right + other.right,
    wrong: one.wrong + other.wrong,
    missing: one.missing + other.missing,
  };
}

export function identityFigures({ right, wrong, missing }: IdentityCounts): IdentityFigures {
  return {
    idf1: (2 * right) / Math.max(1, 2 * right + wrong + missing),
    idp: right / Math.max(1, right + wrong),
    idr: right / Math.max(1, right + missing),
  };
}

import { intersectionOverUnion, type BoxXyxy } from '../../faces/geometry.ts';
import { assign } from '../assignment.ts';
import type { MotRow } from './mot-table.ts';

/** One picture: who was there, who was told, and how much each two overlap. */
export interface ComparedFrame {
  /** Numbers of people, counted from 0 within the sequence. */
  readonly truths: readonly number[];
  /** Numbers of tracks, counted from 0 within the sequence. */
  readonly tracks: readonly number[];
  /** Intersection over union, row by row: truths by tracks. */
  readonly overlaps: Float64Array;
}

/** A sequence made ready for the metrics: what doesn't count is gone. */
export interface Comparison {
  readonly truthCount: number;
  readonly trackCount: number;
  readonly frames: readonly ComparedFrame[];
}

/** Boxes that overlap by this much may be the same person, in all metrics but HOTA, which goes through all thresholds. */
export const SAME_PERSON_OVERLAP = 0.5;
const PEDESTRIAN = 1;
/**
 * Person on a vehicle, static person, distractor, reflection: whoever tells one of them is neither right nor wrong
 * (A. Milan et al., MOT16, 2016).
 */
const DISTRACTORS: ReadonlySet<number> = new Set([2, 7, 8, 12]);

/**
 * Lays results beside the truth as the official evaluation of MOTChallenge does: told boxes that are assigned to a
 * distractor are left out; true boxes that are no pedestrians or whose flag is 0 are left out after that. Files without
 * classes (MOT15) only have the flag.
 */
export function compare(
  truth: readonly MotRow[],
  results: readonly MotRow[],
  frameCount: number,
): Comparison {
  const [truthNumbers, trackNumbers] = [new Map<number, number>(), new Map<number, number>()];
  const numberOf = (numbers: Map<number, number>, id: number): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const truthOf = byFrame(truth, frameCount);
  const resultsOf = byFrame(results, frameCount);
  const frames = truthOf.map((everybody, index) => {
    const told = withoutDistractors(everybody, resultsOf[index]!);
    const people = everybody.filter(counts);
    return {
      truths: people.map(({ id }) => numberOf(truthNumbers, id)),
      tracks: told.map(({ id }) => numberOf(trackNumbers, id)),
      overlaps: overlapsOf(people, told),
    };
  });
  return { truthCount: truthNumbers.size, trackCount: trackNumbers.size, frames };
}

function byFrame(rows: readonly MotRow[], frameCount: number): MotRow[][] {
  const frames: MotRow[][] = Array.from({ length: frameCount }, () => []);
  for (const row of rows) frames[row.frame - 1]?.push(row);
  return frames;
}

function counts({ confidence, classNumber }: MotRow): boolean {
  return confidence !== 0 && (classNumber === undefined || classNumber === PEDESTRIAN);
}

function withoutDistractors(everybody: readonly MotRow[], told: readonly MotRow[]): readonly MotRow[] {
  if (!everybody.some(({ classNumber }) => classNumber !== undefined && DISTRACTORS.has(classNumber)))
    return told;
  const overlaps = overlapsOf(everybody, told);
  const { rowOfColumn } = assign(
    overlaps.map((overlap) => (overlap < SAME_PERSON_OVERLAP - Number.EPSILON ? 0 : -overlap)),
    everybody.length,
    told.length,
    0,
  );
  return told.filter((_, column) => {
    const partner = everybody[rowOfColumn[column]!];
    return partner?.classNumber === undefined || !DISTRACTORS.has(partner.classNumber);
  });
}

function overlapsOf(
  rows: readonly { readonly boxXyxy: BoxXyxy }[],
  columns: readonly { readonly boxXyxy: BoxXyxy }[],
): Float64Array {
  const overlaps = new Float64Array(rows.length * columns.length);
  rows.forEach((row, i) =>
    columns.forEach((column, j) => {
      overlaps[i * columns.length + j] = intersectionOverUnion(row.boxXyxy, column.boxXyxy);
    }),
  );
  return overlaps;
}

import { addClear, clearFigures, clearMot, type ClearCounts, type ClearFigures } from './clear-mot.ts';
import { compare } from './comparison.ts';
import { addHota, hota, hotaFigures, type HotaCounts, type HotaFigures } from './hota.ts';
import {
  addIdentity,
  identity,
  identityFigures,
  type IdentityCounts,
  type IdentityFigures,
} from './identity.ts';
import type { MotSequence } from './mot-sequence.ts';
import type { MotRow } from './mot-table.ts';

/** What is counted in one sequence, or in several together. */
export interface Counts {
  readonly clear: ClearCounts;
  readonly identity: IdentityCounts;
  readonly hota: HotaCounts;
}

/** Fractions, but for the counts. */
export interface Scores extends ClearFigures, IdentityFigures, HotaFigures {
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly idSwitches: number;
}

/** Lays results beside a sequence's truth. */
export function count({ truth, frameCount }: MotSequence, results: readonly MotRow[]): Counts {
  const comparison = compare(truth, results, frameCount);
  return { clear: clearMot(comparison), identity: identity(comparison), hota: hota(comparison) };
}

/** Several sequences as one: counts are added, not figures averaged. */
export function together(all: readonly [Counts, ...Counts[]]): Counts {
  return all.reduce((one, other) => ({
    clear: addClear(one.clear, other.clear),
    identity: addIdentity(one.identity, other.identity),
    hota: addHota(one.hota, other.hota),
  }));
}

export function score(counts: Counts): Scores {
  const { falsePositives, falseNegatives, idSwitches } = counts.clear;
  return {
    ...clearFigures(counts.clear),
    ...identityFigures(counts.identity),
    ...hotaFigures(counts.hota),
    falsePositives,
    falseNegatives,
    idSwitches,
  };
}

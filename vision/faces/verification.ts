/** One comparison of an evaluation. A face that wasn't found has the distance Infinity: it is rejected. */
export interface Comparison {
  readonly distance: number;
  readonly samePerson: boolean;
  readonly fold: number;
}

export interface CrossValidation {
  /** Mean over the folds, 0..1. */
  readonly accuracy: number;
  /** Standard deviation of the folds' accuracies. */
  readonly accuracyStd: number;
}

/**
 * Accuracy as LFW's protocol has it: for each fold the threshold that is best on all others is tried on it, and the
 * accuracies are averaged. With a single fold the threshold is chosen on the fold itself.
 */
export function crossValidate(comparisons: readonly Comparison[], folds: number): CrossValidation {
  const accuracies = Array.from({ length: folds }, (_, fold) => {
    const tested = comparisons.filter((comparison) => comparison.fold === fold);
    const others = folds === 1 ? tested : comparisons.filter((comparison) => comparison.fold !== fold);
    const threshold = bestThreshold(others);
    return (
      tested.filter(({ distance, samePerson }) => distance <= threshold === samePerson).length / tested.length
    );
  });
  const accuracy = accuracies.reduce((sum, value) => sum + value, 0) / folds;
  const variance = accuracies.reduce((sum, value) => sum + (value - accuracy) ** 2, 0) / folds;
  return { accuracy, accuracyStd: Math.sqrt(variance) };
}

/** The threshold with the most right answers; midway between two distances, so that neither lies on it. */
export function bestThreshold(comparisons: readonly Comparison[]): number {
  const sorted = comparisons.filter(({ distance }) => Number.isFinite(distance));
  sorted.sort((one, other) => one.distance - other.distance);
  let right = 0;
  let best = 0;
  let threshold = 0;
  sorted.forEach(({ distance, samePerson }, index) => {
    right += samePerson ? 1 : -1;
    const next = sorted[index + 1]?.distance;
    if (right > best && next !== distance) {
      best = right;
      threshold = next === undefined ? distance : (distance + next) / 2;
    }
  });
  return threshold;
}

/** Distances of impostors, counted and not kept: 30 million of them are no burden. */
export interface ImpostorHistogram {
  readonly count: number;
  add(distance: number): void;
  /** The largest threshold at which no more than this share of impostors is accepted. */
  thresholdAt(falseAcceptRate: number): number;
}

const BIN_WIDTH = 0.0002;
const LARGEST_DISTANCE = 6;

export function createImpostorHistogram(): ImpostorHistogram {
  const bins = new Uint32Array(Math.ceil(LARGEST_DISTANCE / BIN_WIDTH));
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(distance) {
      count++;
      const bin = Math.min(bins.length - 1, Math.floor(distance / BIN_WIDTH));
      bins[bin]!++;
    },
    thresholdAt(falseAcceptRate) {
      const allowed = falseAcceptRate * count;
      let accepted = 0;
      let bin = 0;
      while (bin < bins.length && accepted + bins[bin]! <= allowed) accepted += bins[bin++]!;
      return bin * BIN_WIDTH;
    },
  };
}

/** The share of genuine comparisons that a threshold rejects. */
export function falseRejectRate(comparisons: readonly Comparison[], threshold: number): number {
  const genuine = comparisons.filter(({ samePerson }) => samePerson);
  return genuine.filter(({ distance }) => distance >= threshold).length / genuine.length;
}

import type { PersonDetectorName } from './person-network.ts';

const CENTERNET = [
  [0, 0],
  [0.15, 0.1],
  [0.25, 0.6],
  [0.3, 0.7],
  [0.65, 0.95],
  [1, 1],
] as const;

/**
 * A network's own score → ours, in straight lines between these points. Networks mean different things by their numbers:
 * CenterNet says 0.4 of a person whom YOLOX gives 0.8. Ours mean the same for all, as the tracker wants it: below 0.1
 * nothing, from 0.6 on more likely a person than not, from 0.7 on sure enough that somebody new is there (README: measured).
 */
const POINTS: Readonly<Record<PersonDetectorName, readonly (readonly [theirs: number, ours: number])[]>> = {
  centernet: CENTERNET,
  'centernet-wide': CENTERNET,
  'yolox-nano': [
    [0, 0],
    [0.15, 0.1],
    [0.33, 0.6],
    [0.43, 0.7],
    [0.85, 0.95],
    [1, 1],
  ],
};

/** Our score for a network's own. */
export function personScore(network: PersonDetectorName, theirs: number): number {
  return between(POINTS[network], theirs);
}

/** The network's own score for ours. */
export function networkScore(network: PersonDetectorName, ours: number): number {
  return between(
    POINTS[network].map(([from, to]) => [to, from]),
    ours,
  );
}

function between(points: readonly (readonly [number, number])[], value: number): number {
  const next = points.findIndex(([from]) => from >= value);
  if (next <= 0) return next === 0 ? points[0]![1] : points.at(-1)![1];
  const [fromBefore, toBefore] = points[next - 1]!;
  const [fromAfter, toAfter] = points[next]!;
  return toBefore + ((value - fromBefore) / (fromAfter - fromBefore)) * (toAfter - toBefore);
}

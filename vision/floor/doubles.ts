import type { CrowdPerson } from './crowd-person.ts';
import { meanDifference } from './finding-again.ts';
import { lookEvidence } from './looks.ts';
import { roundCovariance, squaredDeviations } from './walking-filter.ts';

/** Two people whom no camera sees apart, so close for so long, are one. */
const ONE = 3;
const ONE_MS = 1_000;
/**
 * So are people who look rather alike (nats) and are a step apart: of whom a camera sees half, it is wrong about the place.
 * Two who walk one behind the other are told apart by the camera at their side.
 */
const ALIKE = 1;
const ALIKE_METRES = 1.3;
const ALIKE_MS = 2_000;
const SEEN_MS = 450;
const LEAST_SIGHTS = 3;
const EACH_METRES = 0.1;

/** People who are told twice, because two cameras don't agree on where they are; the older one first, each once. */
export function findDoubles(people: readonly CrowdPerson[], nowMs: number): [CrowdPerson, CrowdPerson][] {
  const seen = people
    .filter(({ known, lastSeenMs }) => known && nowMs - lastSeenMs <= SEEN_MS)
    .toSorted((one, other) => one.bornMs - other.bornMs || one.id - other.id);
  const gone = new Set<CrowdPerson>();
  const doubles: [CrowdPerson, CrowdPerson][] = [];
  seen.forEach((one, index) => {
    for (const other of seen.slice(index + 1)) {
      if (gone.has(one) || gone.has(other) || !areOne(one, other, nowMs)) continue;
      gone.add(other);
      doubles.push([one, other]);
    }
  });
  return doubles;
}

function areOne(one: CrowdPerson, other: CrowdPerson, nowMs: number): boolean {
  if (nowMs - other.bornMs < ONE_MS) return false;
  for (const [cameraId, { lastMs }] of one.cameras) {
    const its = other.cameras.get(cameraId);
    if (its !== undefined && Math.abs(its.lastMs - lastMs) < ONE_MS) return false;
  }
  const recent = other.history.filter(({ atMs }) => atMs >= nowMs - ONE_MS);
  if (recent.length < LEAST_SIGHTS || recent[0]!.atMs > nowMs - ONE_MS * 0.75) return false;
  const covariance = roundCovariance(EACH_METRES);
  const sights = recent.map(({ atMs, state }) => ({ atMs, place: state.place, covariance }));
  const { offset, covariance: spread } = meanDifference(sights, one);
  if (squaredDeviations(offset, spread) < ONE) return true;
  return (
    nowMs - other.bornMs >= ALIKE_MS &&
    Math.hypot(...offset) < ALIKE_METRES &&
    lookEvidence(one.looks, other.looks) >= ALIKE
  );
}

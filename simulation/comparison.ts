import type { Moment } from '../vision/moments/moment.ts';
import type { DoorTruth, TruthVisit } from './truth.ts';

/** How well a door camera's moments tell what happened. Fractions are 0..1; empty denominators give null, not 0 or 1. */
export interface DoorComparison {
  /** Of those called by a name, the share who bore it and walked in the lane. */
  readonly precision: number | null;
  /** Of members' visits through the lane, the share recognised. */
  readonly recall: number | null;
  readonly memberVisitsInLane: number;
  readonly recognised: number;
  /** Somebody was called a member who isn't. */
  readonly nonMembersRecognised: number;
  /** A member was called by another member's name. */
  readonly membersMistaken: number;
  /** A member was recognised who didn't take the lane. */
  readonly membersOutsideLaneRecognised: number;
  readonly visits: number;
  readonly counted: number;
  /** (counted - visits) / visits; above 0 counts too many. */
  readonly footfallError: number | null;
  /** Members who walked in the lane and stayed anonymous. */
  readonly missed: readonly { readonly visit: number; readonly identity: string }[];
}

export interface ComparisonOptions {
  /** Capture time of the video's first picture, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Whom the vault knows by this pseudonym: an id of the cast. */
  readonly identityOf: (subjectKey: string) => string | undefined;
}

/** A name may come so long after the face has left the picture. */
const LATE_SECONDS = 1.5;
/** Truth is kept five times a second, so a face may be somewhere that much before its first box. */
const EARLY_SECONDS = 0.5;

/** Compares what a door camera said with what happened. Only the first pass of a looped video counts. */
export function compareWithTruth(
  moments: readonly Moment[],
  truth: DoorTruth,
  { startedAtMs, identityOf }: ComparisonOptions,
): DoorComparison {
  const secondsOf = (atMs: number): number => (atMs - startedAtMs) / 1000;
  const firstPass = moments.filter(
    (moment) => 'atMs' in moment && secondsOf(moment.atMs) <= truth.seconds + LATE_SECONDS,
  );
  const recognised = new Set<number>();
  let named = 0;
  let right = 0;
  let nonMembersRecognised = 0;
  let membersMistaken = 0;
  let membersOutsideLaneRecognised = 0;
  for (const moment of firstPass) {
    if (moment.kind !== 'identified') continue;
    named++;
    const seconds = secondsOf(moment.atMs);
    const present = truth.visits.filter((visit) => isPresent(visit, seconds));
    const identity = identityOf(moment.subjectKey);
    const meant = present.find((visit) => visit.identity === identity && visit.member);
    if (meant?.lane) {
      right++;
      recognised.add(meant.visit);
    } else if (meant) {
      membersOutsideLaneRecognised++;
    } else if (nearestInLane(present, seconds)?.member) {
      membersMistaken++;
    } else {
      nonMembersRecognised++;
    }
  }
  const expected = truth.visits.filter((visit) => visit.member && visit.lane);
  const counted = firstPass.filter(({ kind }) => kind === 'entered').length;
  return {
    precision: ratio(right, named),
    recall: ratio(recognised.size, expected.length),
    memberVisitsInLane: expected.length,
    recognised: recognised.size,
    nonMembersRecognised,
    membersMistaken,
    membersOutsideLaneRecognised,
    visits: truth.visits.length,
    counted,
    footfallError: ratio(counted - truth.visits.length, truth.visits.length),
    missed: expected
      .filter(({ visit }) => !recognised.has(visit))
      .map(({ visit, identity }) => ({ visit, identity })),
  };
}

function isPresent({ faces }: TruthVisit, seconds: number): boolean {
  const [first, last] = [faces[0], faces[faces.length - 1]];
  if (!first || !last) return false;
  return seconds >= first.seconds - EARLY_SECONDS && seconds <= last.seconds + LATE_SECONDS;
}

/** Who is most likely meant by a wrong name: of those in the lane, the one nearest to the camera then. */
function nearestInLane(present: readonly TruthVisit[], seconds: number): TruthVisit | undefined {
  const width = (visit: TruthVisit): number => {
    const face = visit.faces.findLast((one) => one.seconds <= seconds + EARLY_SECONDS);
    return face ? face.boxXyxy[2] - face.boxXyxy[0] : 0;
  };
  return present.filter(({ lane }) => lane).sort((a, b) => width(b) - width(a))[0];
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

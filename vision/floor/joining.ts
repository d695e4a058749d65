import { assign } from '../tracking/assignment.ts';
import { beliefAt, type CrowdPerson, type CrowdTrack, type Sight } from './crowd-person.ts';
import { lookDistance } from './looks.ts';
import type { FloorCovariance } from './sighting.ts';
import {
  addCovariances,
  metresBetween,
  minus,
  roundCovariance,
  squaredDeviations,
  surprise,
} from './walking-filter.ts';

/** A track of a camera and the person it is, or nobody who is known. */
export interface Joint {
  readonly track: CrowdTrack;
  readonly person: CrowdPerson | undefined;
  /**
   * How much worse the best explanation of all tracks together becomes without this joint, in nats: e to this power is the
   * odds. Small means that something else is nearly as likely.
   */
  readonly margin: number;
}

export interface JoiningSettings {
  /** How many people begin on a square metre there and then; what a joint must be likelier than. */
  readonly newcomers: number;
  readonly nowMs: number;
}

/** Nobody runs in a shop: metres a second, from where somebody was last seen. */
const FASTEST = 2.5;
const FASTEST_SLACK_METRES = 0.7;
/** Two cameras' places of one person differ like this beside what each knows of itself: calibration, height, feet or head. */
const BETWEEN_CAMERAS_METRES = 0.22;
/** Somebody who is seen elsewhere at this moment is joined when their places agree so well. */
const SEEN_GATE = 6;
const SEEN_MS = 600;
/** That two people stand there, and each camera sees another one of them only, is rare: nats. */
const SEEN_WORTH = 2.3;
/** What looks may add to or take from a joint, in nats: a hint, never a decision. */
const LOOKS_WORTH = 3;
/** Between how somebody looks from second to second (0.2) and how two people differ (0.5 to 0.6), and how sharply. */
const USUAL_LOOK_DISTANCE = 0.38;
const LOOK_DISTANCE_SCALE = 0.16;
const STANDS_AFTER_SECONDS = 1;
const STANDING_METRES = 0.4;
const STANDING_METRES_A_SECOND = 0.04;
/** What the camera's own tracker says, when it finds a track again. */
const TRACKER_WORTH = 1.5;

/**
 * Whose the tracks of one camera are: the assignment to people that is the likeliest altogether. Everybody may also be new.
 * @param candidates people whom this camera doesn't see through another track just now
 */
export function joinTracks(
  tracks: readonly CrowdTrack[],
  candidates: readonly CrowdPerson[],
  settingsOf: (track: CrowdTrack) => JoiningSettings,
): Joint[] {
  if (tracks.length === 0) return [];
  const width = candidates.length;
  const costs = new Float64Array(tracks.length * width);
  tracks.forEach((track, row) => {
    const { newcomers, nowMs } = settingsOf(track);
    const costOfNew = -Math.log(newcomers);
    candidates.forEach((person, column) => {
      costs[row * width + column] = jointCost(track, person, nowMs) - costOfNew;
    });
  });
  const best = assign(costs, tracks.length, width, 0);
  const total = worth(costs, width, best.columnOfRow);
  return tracks.map((track, row) => {
    const column = best.columnOfRow[row]!;
    if (column < 0) {
      const nearest = Math.min(Infinity, ...costs.subarray(row * width, (row + 1) * width));
      return { track, person: undefined, margin: Math.max(0, nearest) };
    }
    const without = costs.slice();
    without[row * width + column] = Infinity;
    const second = assign(without, tracks.length, width, 0);
    return { track, person: candidates[column]!, margin: worth(without, width, second.columnOfRow) - total };
  });
}

/**
 * How much likelier a sight is its track's own person than the likeliest of the others, in nats: what a camera's tracker
 * found again after a pause may be somebody else who was out of sight.
 */
export function marginOfRegained(
  track: CrowdTrack,
  person: CrowdPerson,
  others: readonly CrowdPerson[],
  sight: Sight,
  newcomers: number,
): number {
  const regained = { ...track, sights: [sight], before: person };
  const own = jointCost(regained, person, sight.atMs);
  const rivals = others.map((other) => jointCost(regained, other, sight.atMs));
  return Math.min(-Math.log(newcomers), ...rivals) - own;
}

/** The negative log likelihood that a track is a person's, per square metre; Infinity where it can't be. */
function jointCost(track: CrowdTrack, person: CrowdPerson, nowMs: number): number {
  const first = track.sights[0]!;
  const gapSeconds = Math.max(0, first.atMs - person.lastSeenMs) / 1000;
  const seen = nowMs - person.lastSeenMs <= SEEN_MS;
  const lastPlace = person.state.place;
  if (
    !seen &&
    metresBetween(first.place, lastPlace) > FASTEST * gapSeconds + FASTEST_SLACK_METRES + sigmaOf(person)
  ) {
    return Infinity;
  }
  const { offset, covariance } = meanDifference(track, person);
  if (seen && squaredDeviations(offset, covariance) > SEEN_GATE) return Infinity;
  const looks = lookDistance(track.looks, person.looks);
  const hint =
    looks === undefined ? 0 : clamp((looks - USUAL_LOOK_DISTANCE) / LOOK_DISTANCE_SCALE) * LOOKS_WORTH;
  const seenWorth = seen ? SEEN_WORTH : 0;
  return (
    lostSurprise(offset, covariance, track, person, gapSeconds) +
    hint -
    seenWorth -
    (track.before === person ? TRACKER_WORTH : 0)
  );
}

/** Who isn't seen either walks on, or stands where they were seen last: at a shelf, behind somebody. */
function lostSurprise(
  offset: readonly [number, number],
  covariance: FloorCovariance,
  track: CrowdTrack,
  person: CrowdPerson,
  gapSeconds: number,
): number {
  const walking = surprise(offset, covariance);
  if (gapSeconds < STANDS_AFTER_SECONDS) return walking;
  const state = person.history.at(-1)?.state ?? person.state;
  const sigma = STANDING_METRES + STANDING_METRES_A_SECOND * gapSeconds;
  const standing = surprise(minus(track.sights[0]!.place, state.place), roundCovariance(sigma));
  return -Math.log(0.5 * Math.exp(-walking) + 0.5 * Math.exp(-standing));
}

/** How far a track is from a person on average over its sights. Errors hang together, so the covariance isn't divided. */
export function meanDifference(
  track: Pick<CrowdTrack, 'sights'>,
  person: CrowdPerson,
): { offset: readonly [number, number]; covariance: FloorCovariance } {
  const extra = BETWEEN_CAMERAS_METRES ** 2;
  let sum: FloorCovariance = [0, 0, 0];
  let [across, down] = [0, 0];
  for (const sight of track.sights) {
    const belief = beliefAt(person, sight.atMs);
    across += sight.place[0] - belief.place[0];
    down += sight.place[1] - belief.place[1];
    sum = addCovariances(sum, addCovariances(belief.covariance, sight.covariance));
  }
  const count = track.sights.length;
  return {
    offset: [across / count, down / count],
    covariance: [sum[0] / count + extra, sum[1] / count, sum[2] / count + extra],
  };
}

function worth(costs: Float64Array, width: number, columnOfRow: Int32Array): number {
  let sum = 0;
  columnOfRow.forEach((column, row) => {
    if (column >= 0) sum += costs[row * width + column]!;
  });
  return sum;
}

function sigmaOf(person: CrowdPerson): number {
  const { covariance } = person.history.at(-1)?.state ?? person.state;
  return Math.sqrt(Math.max(covariance[0]!, covariance[5]!));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

import { assign } from '../tracking/assignment.ts';
import { worth } from './allotting.ts';
import { beliefAt, type CrowdPerson } from './crowd-person.ts';
import { lookEvidence } from './looks.ts';
import type { FloorCovariance, FloorPoint } from './sighting.ts';
import type { WalkingMetres } from './walking-distance.ts';
import { addCovariances, minus, roundCovariance, squaredDeviations, surprise } from './walking-filter.ts';

/** Somebody who has come into sight, and who that is: one of the people, or nobody who is known. */
export interface Found {
  readonly stranger: CrowdPerson;
  readonly person: CrowdPerson | undefined;
  /**
   * How much worse the best explanation of all together becomes without this, in nats: e to this power is the odds. Small
   * means that something else is nearly as likely.
   */
  readonly margin: number;
}

export interface FindingSettings {
  /** How many people begin on a square metre; what finding somebody again must be likelier than. */
  readonly newcomersAt: (place: FloorPoint) => number;
  readonly walkingMetres: WalkingMetres;
  readonly nowMs: number;
}

/** Nobody runs in a shop: metres a second on foot around what stands there, and how much places are wrong by. */
const FASTEST = 2;
const SLACK_METRES = 1.2;
/** Two cameras' places of one person differ like this beside what each knows of itself: calibration, height, feet or head. */
const BETWEEN_CAMERAS_METRES = 0.22;
/** Somebody whom another camera sees at this moment is the stranger when their places agree so well. */
const SEEN_GATE = 16;
const LAST_SIGHTS = 4;
const SEEN_MS = 700;
/** That two people stand there, and each camera sees another one of them only, is rare: nats. */
const SEEN_WORTH = 2.3;
/** Who is out of sight stands where they were lost, or walks on a little, or has gone anywhere meanwhile. */
const STANDS = 0.4;
const WALKS = 0.3;
const ROAMS = 0.3;
const STANDING_METRES = 0.4;
const STANDING_METRES_A_SECOND = 0.02;
/** Anywhere: the part of a floor on which one may come into sight, at most; sooner, what can be reached. */
const ROAMING_METRES = 3;
const ANYWHERE = 0.0003;
/** What the camera's own tracker says, when it finds a track again. */
const TRACKER_WORTH = 1.5;

/** Who the strangers are: the assignment to people who are out of sight that is the likeliest altogether. */
export function findAgain(
  strangers: readonly CrowdPerson[],
  lost: readonly CrowdPerson[],
  settings: FindingSettings,
): Found[] {
  if (strangers.length === 0) return [];
  const width = lost.length;
  const costs = new Float64Array(strangers.length * width);
  strangers.forEach((stranger, row) => {
    const costOfNew = -Math.log(settings.newcomersAt(stranger.early[0]!.place));
    lost.forEach((person, column) => {
      costs[row * width + column] = costOf(stranger, person, settings) - costOfNew;
    });
  });
  const best = assign(costs, strangers.length, width, 0);
  const total = worth(costs, width, best.columnOfRow);
  return strangers.map((stranger, row) => {
    const column = best.columnOfRow[row]!;
    if (column < 0) {
      const nearest = Math.min(Infinity, ...costs.subarray(row * width, (row + 1) * width));
      return { stranger, person: undefined, margin: Math.max(0, nearest) };
    }
    const without = costs.slice();
    without[row * width + column] = Infinity;
    const second = assign(without, strangers.length, width, 0);
    return { stranger, person: lost[column]!, margin: worth(without, width, second.columnOfRow) - total };
  });
}

/** The negative log likelihood that a stranger is this person, per square metre; Infinity where it can't be. */
export function costOf(
  stranger: CrowdPerson,
  person: CrowdPerson,
  { nowMs, walkingMetres }: FindingSettings,
): number {
  // A camera that saw the person while it saw the stranger has seen two.
  for (const [cameraId, { lastMs }] of person.cameras) {
    if (stranger.cameras.has(cameraId) && lastMs >= stranger.bornMs) return Infinity;
  }
  const looks = -lookEvidence(stranger.looks, person.looks);
  const { offset, covariance } = meanDifference(stranger.early.slice(-LAST_SIGHTS), person);
  if (nowMs - person.lastSeenMs <= SEEN_MS) {
    if (squaredDeviations(offset, covariance) > SEEN_GATE) return Infinity;
    return surprise(offset, covariance) + looks - SEEN_WORTH;
  }
  const first = stranger.early[0]!;
  const gapSeconds = Math.max(0, first.atMs - person.lastSeenMs) / 1000;
  const lastPlace = person.state.place;
  const way = walkingMetres(lastPlace, first.place);
  if (way > FASTEST * gapSeconds + SLACK_METRES) return Infinity;
  const { trackId } = first;
  const tracked = [...person.cameras.values()].some((its) => its.trackId === trackId) ? TRACKER_WORTH : 0;
  const standing = surprise(
    minus(first.place, lastPlace),
    roundCovariance(STANDING_METRES + STANDING_METRES_A_SECOND * gapSeconds),
  );
  const walking = surprise(offset, covariance);
  const reach = Math.min(ROAMING_METRES, SLACK_METRES + 0.7 * gapSeconds);
  const roaming = Math.exp(-0.5 * (way / reach) ** 2) / (2 * Math.PI * reach * reach) + ANYWHERE;
  const density = STANDS * Math.exp(-standing) + WALKS * Math.exp(-walking) + ROAMS * roaming;
  return -Math.log(density) + looks - tracked;
}

/** How far sights are from a person on average. Errors hang together, so the covariance isn't divided. */
export function meanDifference(
  sights: readonly {
    readonly atMs: number;
    readonly place: FloorPoint;
    readonly covariance: FloorCovariance;
  }[],
  person: CrowdPerson,
): { offset: readonly [number, number]; covariance: FloorCovariance } {
  const extra = BETWEEN_CAMERAS_METRES ** 2;
  let sum: FloorCovariance = [0, 0, 0];
  let [across, down] = [0, 0];
  for (const { atMs, place, covariance } of sights) {
    const belief = beliefAt(person, atMs);
    across += place[0] - belief.place[0];
    down += place[1] - belief.place[1];
    sum = addCovariances(sum, addCovariances(belief.covariance, covariance));
  }
  const count = sights.length;
  return {
    offset: [across / count, down / count],
    covariance: [sum[0] / count + extra, sum[1] / count, sum[2] / count + extra],
  };
}

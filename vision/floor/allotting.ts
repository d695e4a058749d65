import { assign } from '../tracking/assignment.ts';
import { readyFor, type CrowdPerson, type Sight } from './crowd-person.ts';
import { lookEvidence, looksOf } from './looks.ts';
import {
  addCovariances,
  metresBetween,
  minus,
  placeCovariance,
  squaredDeviations,
  surprise,
} from './walking-filter.ts';

/** A sight and the person it is, or nobody who is about. */
export interface Allotment {
  readonly sight: Sight;
  readonly person: CrowdPerson | undefined;
  /** With whom it may have been confused, and how much worse that would be: the odds' logarithm, in nats. */
  readonly rival: CrowdPerson | undefined;
  readonly margin: number;
}

/** Nobody runs in a shop: metres a second, from where somebody was last seen. */
const FASTEST = 2;
const FASTEST_SLACK_METRES = 0.6;
/** A place that is less sure may be farther off: half a body may stand two metres from where it seems to. */
const SLACK_SIGMAS = 2;
/** Beyond so many squared deviations a sight isn't this person's. */
const GATE = 10;
/** That it is somebody else who has just come into sight: people a square metre, as the logarithm. */
const SOMEBODY_ELSE = -Math.log(0.2);
/** Two cameras' places of one person differ like this beside what each knows of itself: calibration, height, feet or head. */
const OTHER_CAMERA_METRES = 0.18;
const SAME_CAMERA_MS = 1_000;
/** What a camera's own tracker says counts so much, in nats; and how a single sight looks, as a share of what it would say. */
const TRACKER_WORTH = 1.5;
const SIGHT_LOOKS_SHARE = 1;
const SIGHT_LOOKS_MOST = 3;

/**
 * Whose the sights of one camera at one moment are: the assignment to the people who are about that is the likeliest
 * altogether. Each sight may also be of somebody else.
 */
export function allot(
  sights: readonly Sight[],
  people: readonly CrowdPerson[],
  personOf: (sight: Sight) => CrowdPerson | undefined,
): Allotment[] {
  const width = people.length;
  const costs = new Float64Array(sights.length * width);
  sights.forEach((sight, row) => {
    people.forEach((person, column) => {
      costs[row * width + column] = costOf(sight, person, personOf(sight)) - SOMEBODY_ELSE;
    });
  });
  const best = assign(costs, sights.length, width, 0);
  const total = worth(costs, width, best.columnOfRow);
  return sights.map((sight, row) => {
    const column = best.columnOfRow[row]!;
    if (column < 0) return { sight, person: undefined, rival: undefined, margin: 0 };
    const rest = costs.slice();
    rest[row * width + column] = Infinity;
    const second = assign(rest, sights.length, width, 0).columnOfRow;
    const margin = worth(rest, width, second) - total;
    // Whom the sight would be otherwise; or who would have this person's sight.
    const instead = second[row]! >= 0 ? second[row]! : best.columnOfRow[second.indexOf(column)];
    const rival = instead === undefined || instead < 0 || instead === column ? undefined : people[instead];
    return { sight, person: people[column]!, rival, margin };
  });
}

export function costOf(sight: Sight, person: CrowdPerson, tracked?: CrowdPerson): number {
  const gapSeconds = Math.max(0, sight.atMs - person.lastSeenMs) / 1000;
  const far = metresBetween(sight.place, person.state.place);
  const [xx, , yy] = sight.covariance;
  const slackMetres = Math.max(FASTEST_SLACK_METRES, SLACK_SIGMAS * Math.sqrt(xx + yy));
  if (far > FASTEST * gapSeconds + slackMetres) return Infinity;
  const { state, noise } = readyFor(person, sight);
  const its = person.cameras.get(sight.cameraId);
  const extra = its !== undefined && sight.atMs - its.lastMs <= SAME_CAMERA_MS ? 0 : OTHER_CAMERA_METRES ** 2;
  const covariance = addCovariances(addCovariances(placeCovariance(state), noise), [extra, 0, extra]);
  const offset = minus(sight.place, state.place);
  if (squaredDeviations(offset, covariance) > GATE) return Infinity;
  const tracker = tracked === undefined ? 0 : tracked === person ? TRACKER_WORTH : -TRACKER_WORTH;
  const looks = lookEvidence(looksOf(sight.cameraId, sight.appearance), person.looks) * SIGHT_LOOKS_SHARE;
  return (
    surprise(offset, covariance) - tracker - Math.max(-SIGHT_LOOKS_MOST, Math.min(SIGHT_LOOKS_MOST, looks))
  );
}

export function worth(costs: Float64Array, width: number, columnOfRow: Int32Array): number {
  let sum = 0;
  columnOfRow.forEach((column, row) => {
    if (column >= 0) sum += costs[row * width + column]!;
  });
  return sum;
}

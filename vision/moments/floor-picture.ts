import type { Zone } from '../../config/floor-schema.ts';
import type { CameraId } from '../../runtime/ids.ts';
import type { Coverage } from '../floor/coverage.ts';
import type { PersonView } from '../floor/crowd-view.ts';
import type { PersonId } from '../floor/crowd-person.ts';
import type { Queues } from '../floor/queues.ts';
import type { FloorPersonSeen, FloorSnapshot } from '../floor/snapshot.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { Stay } from './floor-stay.ts';

/** Slower than this somebody stands: metres a second. */
const WALKS = 0.3;
/** A name isn't shown on a guess: who isn't seen for a few looks may be elsewhere by now. */
const NAMED_SECONDS = 0.7;
/** A camera looks a few times a second; who wasn't seen in between isn't out of sight. */
const SEEN_SECONDS = 1;

/** Whoever walks out is drawn no longer; that they have left is told when they don't come back in sight. */
const AT_EXIT_SECONDS = 0.5;

interface Known {
  readonly isAtExit: (stay: Stay) => boolean;
  readonly isWalkingOut: (place: FloorPoint) => boolean;
  readonly nowMs: number;
  readonly stays: readonly Stay[];
  readonly views: ReadonlyMap<PersonId, PersonView>;
  readonly queues: Queues;
  readonly zones: readonly Zone[];
  readonly coverage: Coverage;
  readonly cameraIds: readonly CameraId[];
  readonly isLive: (cameraId: CameraId) => boolean;
}

/** What the page draws: everybody who is in the shop as far as is known, and numbers only where cameras are alive. */
export function floorSnapshot(known: Known): FloorSnapshot {
  const { nowMs, stays, views, queues, zones, coverage, cameraIds, isLive, isAtExit, isWalkingOut } = known;
  const people = stays.flatMap((stay) => {
    const view = stay.personId === undefined ? undefined : views.get(stay.personId);
    if (stay.over !== undefined || view?.onFloor !== true) return [];
    const unseenSeconds = (nowMs - stay.lastSeenMs) / 1000;
    return unseenSeconds > AT_EXIT_SECONDS && isAtExit(stay)
      ? []
      : [personSeen(stay, view, nowMs, isWalkingOut(stay.place))];
  });
  const visitors = people.filter(({ staff }) => !staff);
  return {
    atMs: nowMs,
    people,
    occupancy: coverage.isCountable(isLive) ? visitors.length : null,
    zones: zones.map(({ name, polygon }) => ({
      name,
      people: coverage.isCountable(isLive, polygon)
        ? visitors.filter((person) => person.zones.includes(name)).length
        : null,
    })),
    queues: zones
      .filter(({ kind }) => kind === 'queue')
      .map(({ name, polygon }) => {
        const countable = coverage.isCountable(isLive, polygon);
        return {
          name,
          length: countable ? queues.lengthOf(name) : null,
          longestWaitSeconds: countable ? queues.longestWaitSeconds(name, nowMs) : null,
        };
      }),
    cameras: cameraIds.map((cameraId) => ({ cameraId, live: isLive(cameraId) })),
  };
}

function personSeen(
  { visit, place, lastSeenMs, route }: Stay,
  view: PersonView,
  nowMs: number,
  walksOut: boolean,
): FloorPersonSeen {
  const { velocity, mixedUp, accuracyMetres } = view;
  const seenSecondsAgo = Math.max(0, nowMs - lastSeenMs) / 1000;
  const walks = seenSecondsAgo <= SEEN_SECONDS && Math.hypot(...velocity) >= WALKS;
  return {
    visitId: visit.visitId,
    // A guess drifts: who is out of sight is drawn where they were seen last.
    place: seenSecondsAgo <= SEEN_SECONDS ? view.place : place,
    accuracyMetres,
    ...(walks ? { heading: Math.atan2(velocity[1], velocity[0]) } : {}),
    zones: [...route.zones.keys()],
    ...(visit.subjectKey === undefined || mixedUp || walksOut || seenSecondsAgo > NAMED_SECONDS
      ? {}
      : { subjectKey: visit.subjectKey }),
    staff: visit.staff,
    seenSecondsAgo,
    simulated: visit.simulated,
  };
}

import type { FloorSnapshotSeen } from '../ports.ts';
import type { FloorSnapshot } from '../schemas/floor.ts';

/**
 * What a page may know of the floor: field by field, so that nothing that vision adds one day slips out. A pseudonym
 * never does; a name only where `nameOf` gives one.
 */
export function floorSnapshotOf(
  seen: FloorSnapshotSeen,
  nameOf: (subjectKey: string) => string | undefined,
): FloorSnapshot {
  return {
    atMs: seen.atMs,
    people: seen.people.map((person) => {
      const { visitId, place, accuracyMetres, heading, zones, subjectKey } = person;
      const { staff, seenSecondsAgo, simulated } = person;
      return {
        visitId,
        place: [place[0], place[1]],
        accuracyMetres,
        heading: heading ?? null,
        zones: [...zones],
        member: subjectKey !== undefined,
        name: subjectKey === undefined ? null : (nameOf(subjectKey) ?? null),
        staff,
        seenSecondsAgo,
        simulated,
      };
    }),
    occupancy: seen.occupancy,
    zones: seen.zones.map(({ name, people }) => ({ name, people })),
    queues: seen.queues.map(({ name, length, longestWaitSeconds }) => ({ name, length, longestWaitSeconds })),
    cameras: seen.cameras.map(({ cameraId, live }) => ({ cameraId, live })),
  };
}

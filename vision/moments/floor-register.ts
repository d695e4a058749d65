import type { FloorLine, Zone } from '../../config/floor-schema.ts';
import type { TrackId, VisitId } from '../../runtime/ids.ts';
import type { PersonId } from '../floor/crowd-person.ts';
import type { Crowd } from '../floor/crowd-view.ts';
import { createRoute } from '../floor/route.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { Stay } from './floor-stay.ts';
import type { OpenVisit } from './visit-book.ts';

/** Which person of the crowd each visit on the floor is. Nobody is two visits, and no visit is two people. */
export interface StayRegister {
  readonly stays: Map<VisitId, Stay>;
  readonly ofPerson: Map<PersonId, Stay>;
  /** Visits that a door has counted and the floor hasn't seen yet. */
  readonly expected: Map<VisitId, { readonly trackId: TrackId; readonly atMs: number }>;
  readonly begin: (visit: OpenVisit, place: FloorPoint, atMs: number) => Stay;
  readonly bind: (stay: Stay, personId: PersonId) => void;
  /** Nobody looks for its person any more. */
  readonly unbind: (stay: Stay) => void;
  readonly drop: (stay: Stay) => void;
}

export function createStayRegister(
  crowd: Pick<Crowd, 'release'>,
  zones: readonly Zone[],
  lines: readonly FloorLine[],
): StayRegister {
  const stays: StayRegister['stays'] = new Map();
  const ofPerson: StayRegister['ofPerson'] = new Map();
  const expected: StayRegister['expected'] = new Map();

  function unbind(stay: Stay): void {
    if (stay.personId === undefined) return;
    ofPerson.delete(stay.personId);
    crowd.release(stay.personId);
    stay.personId = undefined;
  }

  return {
    stays,
    ofPerson,
    expected,
    begin(visit, place, atMs) {
      const stay: Stay = {
        visit,
        route: createRoute(zones, lines),
        personId: undefined,
        place,
        lastSeenMs: atMs,
        lastSampleMs: -Infinity,
        wasInside: false,
        over: undefined,
      };
      stays.set(visit.visitId, stay);
      return stay;
    },
    bind(stay, personId) {
      if (stay.personId !== personId) unbind(stay);
      stay.personId = personId;
      stay.over = undefined;
      ofPerson.set(personId, stay);
      expected.delete(stay.visit.visitId);
    },
    unbind,
    drop(stay) {
      unbind(stay);
      stays.delete(stay.visit.visitId);
    },
  };
}

import type { Zone } from '../../config/floor-schema.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import type { CameraId } from '../../runtime/ids.ts';
import type { PersonId } from '../floor/crowd-person.ts';
import type { Crowd, PersonView } from '../floor/crowd-view.ts';
import type { Groups } from '../floor/groups.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { StayRegister } from './floor-register.ts';
import type { FloorSetting, Surroundings } from './floor-setting.ts';
import type { Stay } from './floor-stay.ts';
import type { VisitBook } from './visit-book.ts';

/** People on the floor who have no visit yet. */
export interface Arrivals {
  /** Gives those their visit who have been seen enough. */
  adopt(views: readonly PersonView[]): StoreEvent[];
  /** The way of somebody until they had a visit; it is told once. */
  take(personId: PersonId): Arrival;
  forget(personId: PersonId): void;
}

/** Sights of somebody without a visit, oldest first. */
export type Arrival = { readonly atMs: number; readonly place: FloorPoint }[];
/** Whoever stays at a door for longer has the zones of the last half minute only. */
const LONGEST_ARRIVAL = 120;

/** Somebody without a visit who is seen for so long is a visitor. */
const FOUND_MS = 3_000;
/** Who was counted at a door that can't say where, or was lost right behind it, is on the floor within so long. */
const DOOR_TO_FLOOR_MS = 12_000;

interface Options {
  readonly setting: FloorSetting;
  readonly around: Surroundings;
  readonly book: VisitBook;
  readonly crowd: Pick<Crowd, 'personOf'>;
  readonly register: StayRegister;
  readonly groups: Groups;
  /** A visit that seemed over goes on. */
  readonly goOn: (stay: Stay, personId: PersonId, atMs: number, by: 'place') => StoreEvent[];
  readonly isSimulated: (cameraId: CameraId) => boolean;
}

export function createArrivals(options: Options): Arrivals {
  const { around, book, crowd, register, groups, goOn, isSimulated } = options;
  const { visits } = options.setting;
  const { coverage, overFloor, zoneAt } = around;
  const { stays, ofPerson, expected, begin, bind } = register;
  const arrivals = new Map<PersonId, Arrival>();

  /** People whom nobody has counted yet get their visit: the door's, an interrupted one, or a new one. */
  function adopt(views: readonly PersonView[]): StoreEvent[] {
    for (const [visitId, { trackId }] of expected) {
      const personId = crowd.personOf(trackId);
      const visit = book.open.get(visitId);
      if (visit === undefined) expected.delete(visitId);
      else if (personId !== undefined && !ofPerson.has(personId)) {
        const view = views.find((one) => one.personId === personId);
        bind(stays.get(visitId) ?? begin(visit, view?.lastPlace ?? [0, 0], view?.bornMs ?? 0), personId);
      }
    }
    return views.flatMap((view) => {
      if (!view.onFloor || ofPerson.has(view.personId)) return [];
      const arrival = arrivals.get(view.personId) ?? [];
      arrivals.set(view.personId, arrival);
      if (view.lastSeenMs > (arrival.at(-1)?.atMs ?? -Infinity)) {
        arrival.push({ atMs: view.lastSeenMs, place: view.lastPlace });
        if (arrival.length > LONGEST_ARRIVAL) arrival.shift();
      }
      const first = arrival[0]!;
      if (around.isAtWatchedDoor(view.lastPlace) || !around.isOnPlan(view.lastPlace)) return [];
      if (view.lastSeenMs - first.atMs < FOUND_MS) return [];
      return adoptOne(view.personId, first);
    });
  }

  function adoptOne(
    personId: PersonId,
    first: { readonly atMs: number; readonly place: FloorPoint },
  ): StoreEvent[] {
    const { atMs, place } = first;
    const cameraId = coverage.camerasAt(place)[0] ?? overFloor[0]!;
    const simulated = isSimulated(cameraId);
    const zone = zoneAt(place, ['entrance', 'exit']);
    if (zone !== undefined) {
      const counted = [...expected].find(([, door]) => Math.abs(atMs - door.atMs) <= DOOR_TO_FLOOR_MS);
      const visit = counted && book.open.get(counted[0]);
      if (visit !== undefined) {
        bind(stays.get(visit.visitId) ?? begin(visit, place, atMs), personId);
        return book.withdraw(visit, 'lost-from-sight', atMs);
      }
      const away = [...stays.values()].filter((stay) => mayComeBackBy(stay, zone, atMs));
      if (away.length === 1) return goOn(away[0]!, personId, atMs, 'place');
    }
    const { visit, event } =
      zone?.kind === 'entrance'
        ? book.start({ cameraId, inLane: false }, atMs, simulated)
        : book.find(cameraId, place, atMs, simulated);
    bind(begin(visit, place, atMs), personId);
    if (zone !== undefined) groups.started(visit.visitId, atMs);
    return [event];
  }

  const mayComeBackBy = (stay: Stay, zone: Zone, atMs: number): boolean =>
    stay.over?.zone === zone.name &&
    atMs > stay.lastSeenMs &&
    atMs - stay.lastSeenMs <= visits.reentrySeconds * 1000;

  return {
    adopt,
    take(personId) {
      const arrival = arrivals.get(personId) ?? [];
      arrivals.delete(personId);
      return arrival;
    },
    forget: (personId) => void arrivals.delete(personId),
  };
}

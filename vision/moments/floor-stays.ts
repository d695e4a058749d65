import type { Zone } from '../../config/floor-schema.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { VisitExcluded } from '../../ingest/events/visit-excluded.ts';
import { VisitResumed } from '../../ingest/events/visit-resumed.ts';
import type { CameraId, TrackId, VisitId } from '../../runtime/ids.ts';
import { createCrowd, WAIT_MS } from '../floor/crowd.ts';
import type { CrowdChange, PersonView } from '../floor/crowd-view.ts';
import type { PersonId } from '../floor/crowd-person.ts';
import type { DoorFace } from '../floor/door-places.ts';
import { createGroups } from '../floor/groups.ts';
import { createQueues } from '../floor/queues.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { FloorSnapshot } from '../floor/snapshot.ts';
import { floorSnapshot } from './floor-picture.ts';
import { createArrivals } from './floor-arrivals.ts';
import { createStayRegister } from './floor-register.ts';
import { createSurroundings, type FloorSetting } from './floor-setting.ts';
import { createStayTeller, type Stay } from './floor-stay.ts';
import type { Moment } from './moment.ts';
import type { OpenVisit, VisitBook } from './visit-book.ts';

export interface FloorStays {
  seeTracks(moment: Extract<Moment, { kind: 'tracks' }>): StoreEvent[];
  seeFaces(cameraId: CameraId, faces: readonly DoorFace[], atMs: number): StoreEvent[];
  trackEnded(cameraId: CameraId, trackId: TrackId, atMs: number): void;
  cameraIs(cameraId: CameraId, live: boolean): void;
  /** The door has counted somebody. @returns the visit that the floor has begun for them already */
  visitAtDoor(trackId: TrackId, atMs: number): OpenVisit | undefined;
  /** This track of a door is this visit: its person on the floor, now or as soon as there is one, belongs to it. */
  expect(visit: OpenVisit, trackId: TrackId, atMs: number): void;
  /** The door has given this visit a name. @returns why the person on the floor can't carry it */
  named(visit: OpenVisit, atMs: number): StoreEvent[];
  /** What to do with the earlier visit of somebody who was recognised again. */
  earlier(visit: OpenVisit, atMs: number): 'unknown' | 'on-the-floor' | 'may-return';
  /** The same member came back: the earlier visit goes on, and takes over what began meanwhile. */
  resume(earlier: OpenVisit, begun: OpenVisit | undefined, atMs: number): StoreEvent[];
  /** A visit is over for a reason of the door's. */
  close(visit: OpenVisit): StoreEvent[];
  exclude(visit: OpenVisit, reason: 'staff-zone' | 'marked-by-hand', atMs: number): StoreEvent[];
  tick(nowMs: number): StoreEvent[];
  /** The floor has seen this visit and will say when it is over. */
  follows(visitId: VisitId): boolean;
  snapshot(nowMs: number): FloorSnapshot;
  restore(visit: OpenVisit, place: FloorPoint, lastSeenMs: number): void;
  restoreZone(visitId: VisitId, zone: string, enteredAtMs: number | undefined): void;
  restoreQueue(visitId: VisitId, queue: string, joinedAtMs: number | undefined): void;
}

/** Who isn't seen for so long at an exit has gone through it. */
const LEFT_MS = 2_500;
/** A visit that the floor began so shortly before the door counted is the same person's. */
const SAME_CROSSING_MS = 8_000;
/** The name from the door holds for the floor when nothing was doubtful for so long. */
const CALM_MS = 3_000;
/** When no camera says anything, time goes on by the clock, so far behind it. */
const SILENCE_MS = 3_000;

interface Options {
  readonly setting: FloorSetting;
  readonly book: VisitBook;
  readonly isSimulated: (cameraId: CameraId) => boolean;
}

/** Who is on the floor, and which visit that is. Every change of the crowd ends here as an event or as nothing. */
export function createFloorStays({ setting, book, isSimulated }: Options): FloorStays {
  const { zones, lines, visits } = setting;
  const around = createSurroundings(setting);
  const { coverage, cameras, doors, overFloor, zoneAt } = around;

  const crowd = createCrowd({
    newcomersAt: around.newcomersAt,
    isDark: (place) => coverage.isDark(place, cameras.isLive),
    isOverFloor: around.isOverFloor,
    walkingMetres: around.walkingMetres,
    lostSeconds: visits.lostSeconds,
  });
  const queues = createQueues(zones);
  const groups = createGroups(visits.groupSeconds);
  const register = createStayRegister(crowd, zones, lines);
  const { stays, ofPerson: stayOfPerson, expected, begin, bind, unbind, drop } = register;
  const teller = createStayTeller(book, queues, groups, stays);
  const doubtedMs = new Map<PersonId, number>();
  const arrivals = createArrivals({ setting, around, book, crowd, register, groups, goOn, isSimulated });

  let restored: Stay[] = [];

  function goOver(stay: Stay, reason: 'seen-leaving' | 'lost-sight', zone: string | undefined): StoreEvent[] {
    stay.over = { reason, zone };
    const told = teller.leave(stay, reason === 'seen-leaving');
    unbind(stay);
    return told;
  }

  /** The exit that somebody went through who was seen here last. */
  const exitOf = (stay: Stay): Zone | undefined =>
    zoneAt(stay.place, stay.wasInside ? ['exit', 'entrance'] : ['exit']);

  function onChange(change: CrowdChange): StoreEvent[] {
    const stay = stayOfPerson.get(change.personId);
    switch (change.kind) {
      case 'appeared':
        return [];
      case 'uncertain':
        doubtedMs.set(change.personId, change.atMs);
        return stay === undefined ? [] : book.withdraw(stay.visit, change.reason, change.atMs);
      case 'merged':
        forgetPerson(change.personId);
        return onMerged(stay, change.into, change.atMs);
      case 'gone': {
        forgetPerson(change.personId);
        if (stay === undefined) return [];
        stayOfPerson.delete(change.personId);
        stay.personId = undefined;
        if (stay.over !== undefined) return [];
        if (stay.lastSampleMs === -Infinity) {
          stays.delete(stay.visit.visitId); // the floor never saw them: the door's visit keeps the assumed stay
          return [];
        }
        const exit = exitOf(stay);
        return goOver(stay, exit === undefined ? 'lost-sight' : 'seen-leaving', exit?.name);
      }
    }
  }

  function onMerged(stay: Stay | undefined, into: PersonId, atMs: number): StoreEvent[] {
    if (stay === undefined) return [];
    stayOfPerson.delete(stay.personId!);
    stay.personId = undefined;
    const other = stayOfPerson.get(into);
    if (other === undefined) {
      bind(stay, into);
      return book.withdraw(stay.visit, 'crossed-paths', atMs);
    }
    const [older, younger] =
      other.visit.startedAtMs <= stay.visit.startedAtMs ? [other, stay] : [stay, other];
    const told = [
      ...book.withdraw(older.visit, 'crossed-paths', atMs),
      ...book.withdraw(younger.visit, 'crossed-paths', atMs),
      ...teller.leave(younger, false),
      book.end(younger.visit, 'same-person', atMs, older.visit.visitId),
    ];
    stays.delete(younger.visit.visitId);
    stayOfPerson.delete(into);
    older.personId = into;
    stayOfPerson.set(into, older);
    return told;
  }

  function forgetPerson(personId: PersonId): void {
    arrivals.forget(personId);
    doubtedMs.delete(personId);
  }

  /** A visit begins where its person was seen first: the zones of before its beginning was known are told, too. */
  function tellArrival(stay: Stay, personId: PersonId): StoreEvent[] {
    const arrival = arrivals.take(personId);
    const within = arrival.filter(({ atMs }) => atMs >= stay.visit.startedAtMs);
    return within.flatMap(({ place, atMs }) => teller.route(stay, stay.route.move(place, atMs)));
  }

  /** Everybody whom a camera over the floor has seen since the last time. */
  function follow(views: readonly PersonView[]): StoreEvent[] {
    return views.flatMap((view) => {
      const stay = stayOfPerson.get(view.personId);
      if (stay === undefined || !view.onFloor || view.lastSeenMs <= stay.lastSeenMs) return [];
      const { lastSeenMs, lastPlace: place } = view;
      stay.place = place;
      stay.lastSeenMs = lastSeenMs;
      stay.wasInside ||= zoneAt(place, ['entrance']) === undefined;
      const told = tellArrival(stay, view.personId);
      told.push(...teller.route(stay, stay.route.move(place, lastSeenMs)));
      told.push(...excludeStaff(stay));
      if (!stay.visit.staff && lastSeenMs - stay.lastSampleMs >= visits.positionSeconds * 1000) {
        told.push(teller.sample(stay, view.accuracyMetres));
        stay.lastSampleMs = lastSeenMs;
      }
      return told;
    });
  }

  function excludeStaff(stay: Stay): StoreEvent[] {
    if (stay.visit.staff) return [];
    const since = zones
      .filter(({ kind }) => kind === 'staff')
      .map(({ name }) => stay.route.zones.get(name) ?? Infinity);
    if (stay.lastSeenMs - Math.min(Infinity, ...since) < visits.staffSeconds * 1000) return [];
    return exclude(stay.visit, 'staff-zone', stay.lastSeenMs);
  }

  function exclude(visit: OpenVisit, reason: 'staff-zone' | 'marked-by-hand', atMs: number): StoreEvent[] {
    if (visit.staff) return [];
    const stay = stays.get(visit.visitId);
    const left = stay === undefined ? [] : teller.leave(stay, true);
    visit.staff = true;
    return [...left, book.tell(VisitExcluded, visit, atMs, { reason, simulated: visit.simulated })];
  }

  function goOn(
    stay: Stay,
    personId: PersonId | undefined,
    atMs: number,
    by: 'recognised' | 'place',
  ): StoreEvent[] {
    const awaySeconds = Math.max(0, atMs - stay.lastSeenMs) / 1000;
    stay.over = undefined;
    stay.wasInside = false;
    if (personId !== undefined) bind(stay, personId);
    const { visit } = stay;
    const withdrawn = by === 'place' ? book.withdraw(visit, 'lost-from-sight', atMs) : [];
    return [
      ...withdrawn,
      book.tell(VisitResumed, visit, atMs, { awaySeconds, by, simulated: visit.simulated }),
    ];
  }

  function seeLeaving(): StoreEvent[] {
    return [...stays.values()].flatMap((stay) => {
      if (stay.over !== undefined || stay.lastSampleMs === -Infinity) return [];
      if (crowd.thoughtToMs - stay.lastSeenMs < LEFT_MS || coverage.isDark(stay.place, cameras.isLive))
        return [];
      const exit = exitOf(stay);
      return exit === undefined ? [] : goOver(stay, 'seen-leaving', exit.name);
    });
  }

  /** Whoever was on the floor when an earlier run ended is looked for, without a name: anybody may have moved meanwhile. */
  function takeUp(): StoreEvent[] {
    const told = restored.flatMap((stay) => {
      const { visit, place, lastSeenMs } = stay;
      if (stays.get(visit.visitId) !== stay) return [];
      bind(stay, crowd.remember(place, lastSeenMs));
      return book.withdraw(visit, 'restarted', lastSeenMs);
    });
    restored = [];
    return told;
  }

  function think(toMs: number): StoreEvent[] {
    const beforeMs = crowd.thoughtToMs;
    const told = takeUp();
    told.push(...crowd.advance(toMs + WAIT_MS).flatMap(onChange));
    if (crowd.thoughtToMs === beforeMs) return told;
    const views = crowd.people();
    told.push(...arrivals.adopt(views), ...follow(views), ...seeLeaving());
    const seen = [...stays.values()].filter(({ lastSeenMs }) => crowd.thoughtToMs - lastSeenMs <= 1_000);
    const places = new Map(seen.map(({ visit, place }) => [visit.visitId, place]));
    told.push(...teller.groups(groups.see(places, crowd.thoughtToMs)));
    told.push(...teller.queues(queues.tick(crowd.thoughtToMs)));
    return told;
  }

  /** Visits that nobody can go on with any more. */
  function endOver(nowMs: number): StoreEvent[] {
    return [...stays.values()].flatMap((stay) => {
      const { visit, over, lastSeenMs } = stay;
      if (over !== undefined) {
        if (nowMs - lastSeenMs < visits.reentrySeconds * 1000) return [];
        drop(stay);
        return [book.end(visit, over.reason, lastSeenMs)];
      }
      // The cameras that could say more are dead: what is assumed without cameras is assumed then.
      if (nowMs - lastSeenMs < visits.assumedStayMinutes * 60_000) return [];
      const left = teller.leave(stay, false);
      drop(stay);
      return [...left, book.end(visit, 'assumed-left', lastSeenMs)];
    });
  }

  return {
    seeTracks({ cameraId, atMs, tracks, ended }) {
      // Nobody stands behind a wall: such a place is that of somebody of whom half is hidden.
      crowd.see({ cameraId, atMs, tracks: tracks.filter(({ place }) => around.isOnPlan(place)) }, ended);
      cameras.told(cameraId, atMs);
      return think(cameras.toldToMs);
    },
    seeFaces(cameraId, faces, atMs) {
      const sighting = doors.get(cameraId)?.see(faces, atMs);
      if (sighting === undefined) return [];
      crowd.see(sighting);
      cameras.told(cameraId, atMs);
      return think(cameras.toldToMs);
    },
    trackEnded: (cameraId, trackId, atMs) => crowd.see({ cameraId, atMs, tracks: [] }, [trackId]),
    cameraIs(cameraId, live) {
      if (live) cameras.connected(cameraId);
      else cameras.lost(cameraId);
    },
    visitAtDoor(trackId, atMs) {
      const personId = crowd.personOf(trackId);
      const stay = personId === undefined ? undefined : stayOfPerson.get(personId);
      if (stay === undefined) return undefined;
      if (!stay.visit.counted || atMs - stay.visit.startedAtMs <= SAME_CROSSING_MS) return stay.visit;
      drop(stay);
      return undefined;
    },
    expect(visit, trackId, atMs) {
      groups.started(visit.visitId, atMs);
      expected.set(visit.visitId, { trackId, atMs });
    },
    named(visit, atMs) {
      const personId = stays.get(visit.visitId)?.personId;
      const doubted = personId === undefined ? undefined : doubtedMs.get(personId);
      return doubted === undefined || atMs - doubted > CALM_MS
        ? []
        : book.withdraw(visit, 'crossed-paths', atMs);
    },
    earlier({ visitId }, atMs) {
      const stay = stays.get(visitId);
      if (stay === undefined || stay.lastSampleMs === -Infinity) return 'unknown';
      if (stay.over === undefined && atMs - stay.lastSeenMs <= LEFT_MS) return 'on-the-floor';
      return atMs - stay.lastSeenMs <= visits.reentrySeconds * 1000 ? 'may-return' : 'unknown';
    },
    resume(earlier, begun, atMs) {
      const stay = stays.get(earlier.visitId)!;
      const told = stay.over === undefined ? teller.leave(stay, false) : [];
      unbind(stay);
      const began = begun && stays.get(begun.visitId);
      const personId = began?.personId;
      const door = begun && expected.get(begun.visitId);
      if (began !== undefined) {
        told.push(...teller.leave(began, false));
        stays.delete(began.visit.visitId);
        if (personId !== undefined) stayOfPerson.delete(personId);
      }
      if (begun !== undefined) {
        expected.delete(begun.visitId);
        told.push(book.end(begun, 'same-person', atMs, earlier.visitId));
      }
      told.push(...goOn(stay, personId, atMs, 'recognised'));
      if (personId === undefined && door !== undefined) expected.set(earlier.visitId, door);
      return told;
    },
    close(visit) {
      expected.delete(visit.visitId);
      const stay = stays.get(visit.visitId);
      if (stay === undefined) return [];
      const told = stay.over === undefined ? teller.leave(stay, false) : [];
      drop(stay);
      return told;
    },
    exclude,
    tick(nowMs) {
      return [...think(Math.max(cameras.toldToMs, nowMs - SILENCE_MS)), ...endOver(nowMs)];
    },
    follows(visitId) {
      const stay = stays.get(visitId);
      return stay !== undefined && stay.lastSampleMs !== -Infinity;
    },
    snapshot: (nowMs) =>
      floorSnapshot({
        nowMs,
        stays: [...stays.values()],
        views: new Map(crowd.people().map((view) => [view.personId, view])),
        queues,
        zones,
        coverage,
        cameraIds: overFloor,
        isLive: cameras.isLive,
        isWalkingOut: around.isWalkingOut,
        isAtExit: (stay) => exitOf(stay) !== undefined,
      }),
    restore(visit, place, lastSeenMs) {
      const known = stays.get(visit.visitId);
      const stay = known ?? begin(visit, place, lastSeenMs);
      if (known === undefined) restored.push(stay);
      stay.place = place;
      stay.lastSeenMs = lastSeenMs;
      stay.lastSampleMs = lastSeenMs;
      stay.wasInside = true;
    },
    restoreZone: (visitId, zone, enteredAtMs) => stays.get(visitId)?.route.restore(zone, enteredAtMs),
    restoreQueue: (visitId, queue, joinedAtMs) => queues.restore(visitId, queue, joinedAtMs),
  };
}

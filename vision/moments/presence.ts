import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../ingest/events/camera-recovered.ts';
import { createEvent, type StoreEvent } from '../../ingest/events/envelope.ts';
import type { CameraId, StoreId, SubjectKey, TrackId, VisitId } from '../../runtime/ids.ts';
import type { FloorSnapshot } from '../floor/snapshot.ts';
import type { FloorSetting } from './floor-setting.ts';
import { createFloorStays } from './floor-stays.ts';
import type { Accepted, Moment } from './moment.ts';
import { createRestoring } from './presence-restoring.ts';
import { createVisitBook, type OpenVisit } from './visit-book.ts';

export interface PresenceOptions {
  readonly storeId: StoreId;
  /** Where no camera sees people leave, a visit ends after so long. */
  readonly assumedStayMs: number;
  /** Cameras that are simulated say so in every event. */
  readonly isSimulated: (cameraId: CameraId) => boolean;
  /** Where cameras look down on the floor; without it visits are what the doors say. */
  readonly floor?: FloorSetting;
}

/** Turns moments into presence and operations events. Pure: it returns events and keeps nothing but who is inside. */
export interface Presence {
  /** Takes up where an earlier run stopped: every presence event since, in order. */
  restore(event: StoreEvent): void;
  handle(moment: Moment): StoreEvent[];
  /** Lets time pass: ends visits whose time is over at `nowMs`, and gives up people whom nobody sees. Called every second. */
  endOverdue(nowMs: number): StoreEvent[];
  /** Which visit a track of a door belongs to, as long as the track lives. */
  visitOf(trackId: TrackId): VisitId | undefined;
  /** Who is where; undefined where no camera looks down on the floor. */
  snapshot(nowMs: number): FloorSnapshot | undefined;
  /** Somebody says that this visitor is staff. @returns no event when there is no such visit, or it was known */
  markStaff(visitId: VisitId, atMs: number): StoreEvent[];
  readonly openVisits: number;
}

interface Identity {
  readonly subjectKey: SubjectKey;
  readonly decision: Accepted;
}

export function createPresence({
  storeId,
  assumedStayMs,
  isSimulated,
  floor: setting,
}: PresenceOptions): Presence {
  const book = createVisitBook(storeId);
  const floor = setting && createFloorStays({ setting, book, isSimulated });
  const restoring = createRestoring(storeId, book, floor);
  const visitOfTrack = new Map<TrackId, VisitId>();
  /** Recognised before the entrance line was crossed. */
  const identityOfTrack = new Map<TrackId, Identity>();

  function enter({ cameraId, trackId, atMs, inLane }: Extract<Moment, { kind: 'entered' }>): StoreEvent[] {
    if (visitOfTrack.has(trackId)) return [];
    const identity = identityOfTrack.get(trackId);
    const back = identity && cameBack(identity.subjectKey, atMs);
    if (floor !== undefined && back !== undefined) {
      visitOfTrack.set(trackId, back.visitId);
      const resumed = floor.resume(back, undefined, atMs);
      floor.expect(back, trackId, atMs);
      return resumed;
    }
    const entrance = { cameraId, inLane };
    const begun = floor?.visitAtDoor(trackId, atMs);
    const told: StoreEvent[] = [];
    let visit = begun;
    if (visit === undefined) {
      const started = book.start(entrance, atMs, isSimulated(cameraId));
      visit = started.visit;
      told.push(started.event);
      floor?.expect(visit, trackId, atMs);
    } else if (!visit.counted) told.push(book.count(visit, entrance, atMs));
    visitOfTrack.set(trackId, visit.visitId);
    return identity === undefined ? told : [...told, ...identify(cameraId, visit, atMs, identity)];
  }

  const withName = (subjectKey: SubjectKey): OpenVisit[] =>
    [...book.open.values()].filter((visit) => visit.subjectKey === subjectKey);

  function cameBack(subjectKey: SubjectKey, atMs: number): OpenVisit | undefined {
    return withName(subjectKey).find((visit) => floor?.earlier(visit, atMs) === 'may-return');
  }

  function identify(
    cameraId: CameraId,
    visit: OpenVisit,
    atMs: number,
    { subjectKey, decision }: Identity,
  ): StoreEvent[] {
    if (visit.subjectKey !== undefined) return [];
    const back = cameBack(subjectKey, atMs);
    if (floor !== undefined && back !== undefined) {
      for (const [trackId, visitId] of visitOfTrack) {
        if (visitId === visit.visitId) visitOfTrack.set(trackId, back.visitId);
      }
      return floor.resume(back, visit, atMs);
    }
    // One person cannot be inside twice: the earlier stay must be over, or the name was on somebody else.
    const settled = withName(subjectKey).flatMap((other) =>
      floor?.earlier(other, atMs) === 'on-the-floor'
        ? book.withdraw(other, 'seen-twice', atMs)
        : [
            ...(floor?.close(other) ?? []),
            book.end(other, 'entered-again', Math.max(atMs, other.startedAtMs)),
          ],
    );
    const identified = book.identify(visit, cameraId, atMs, subjectKey, decision);
    return [...settled, identified, ...(floor?.named(visit, atMs) ?? [])];
  }

  const aboutCamera = (cameraId: CameraId, atMs: number) => ({
    source: `/stores/${storeId}/cameras/${cameraId}`,
    subject: `stores/${storeId}/cameras/${cameraId}`,
    time: new Date(atMs),
    storeId,
  });

  return {
    restore: restoring,

    handle(moment) {
      switch (moment.kind) {
        case 'entered':
          return enter(moment);
        case 'identified': {
          const { cameraId, trackId, atMs, subjectKey, decision } = moment;
          const visitId = visitOfTrack.get(trackId);
          const identity = { subjectKey, decision };
          if (visitId === undefined) {
            identityOfTrack.set(trackId, identity);
            return [];
          }
          const visit = book.open.get(visitId);
          return visit === undefined ? [] : identify(cameraId, visit, atMs, identity);
        }
        case 'track-ended':
          visitOfTrack.delete(moment.trackId);
          identityOfTrack.delete(moment.trackId);
          floor?.trackEnded(moment.cameraId, moment.trackId, moment.atMs);
          return [];
        case 'camera-connected': {
          const { cameraId, atMs, width, height } = moment;
          floor?.cameraIs(cameraId, true);
          const data = { cameraId, width, height, simulated: isSimulated(cameraId) };
          return [createEvent(CameraConnected, { ...aboutCamera(cameraId, atMs), data })];
        }
        case 'camera-lost': {
          const { cameraId, atMs, reason, detail } = moment;
          floor?.cameraIs(cameraId, false);
          return [
            createEvent(CameraLost, { ...aboutCamera(cameraId, atMs), data: { cameraId, reason, detail } }),
          ];
        }
        case 'camera-recovered': {
          const { cameraId, atMs, downSeconds, attempts } = moment;
          floor?.cameraIs(cameraId, true);
          const data = { cameraId, downSeconds, attempts };
          return [createEvent(CameraRecovered, { ...aboutCamera(cameraId, atMs), data })];
        }
        case 'tracks':
          return floor?.seeTracks(moment) ?? [];
        case 'overlay':
          return floor?.seeFaces(moment.cameraId, moment.faces, moment.atMs) ?? [];
        case 'floor-overlay':
        case 'picture':
          return [];
      }
    },

    endOverdue(nowMs) {
      const told = floor?.tick(nowMs) ?? [];
      const overdue = [...book.open.values()].filter(
        (visit) => floor?.follows(visit.visitId) !== true && nowMs - visit.startedAtMs >= assumedStayMs,
      );
      return [
        ...told,
        ...overdue.flatMap((visit) => [
          ...(floor?.close(visit) ?? []),
          book.end(visit, 'assumed-left', visit.startedAtMs + assumedStayMs),
        ]),
      ];
    },

    visitOf: (trackId) => visitOfTrack.get(trackId),

    snapshot: (nowMs) => floor?.snapshot(nowMs),

    markStaff(visitId, atMs) {
      const visit = book.open.get(visitId);
      return visit === undefined ? [] : (floor?.exclude(visit, 'marked-by-hand', atMs) ?? []);
    },

    get openVisits() {
      return book.open.size;
    },
  };
}

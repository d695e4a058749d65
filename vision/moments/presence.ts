import {
  newVisitId,
  type CameraId,
  type StoreId,
  type SubjectKey,
  type TrackId,
  type VisitId,
} from '../../runtime/ids.ts';
import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../ingest/events/camera-recovered.ts';
import { createEvent, type StoreEvent } from '../../ingest/events/envelope.ts';
import { VisitEnded } from '../../ingest/events/visit-ended.ts';
import { VisitIdentified } from '../../ingest/events/visit-identified.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import type { Accepted, Moment } from './moment.ts';

export interface PresenceOptions {
  readonly storeId: StoreId;
  /** No camera sees people leave: a visit ends after so long. */
  readonly assumedStayMs: number;
  /** Cameras that are simulated say so in every event. */
  readonly isSimulated: (cameraId: CameraId) => boolean;
}

/** Turns moments into presence and operations events. Pure: it returns events and keeps nothing but who is inside. */
export interface Presence {
  /** Takes up where an earlier run stopped: every presence event since, in order. */
  restore(event: StoreEvent): void;
  handle(moment: Moment): StoreEvent[];
  /** Ends the visits whose longest stay has passed at `nowMs`. */
  endOverdue(nowMs: number): StoreEvent[];
  /** Which visit a track of a camera belongs to, as long as the track lives. */
  visitOf(trackId: TrackId): VisitId | undefined;
  readonly openVisits: number;
}

interface OpenVisit {
  readonly startedAtMs: number;
  readonly simulated: boolean;
  subjectKey?: SubjectKey;
}

interface Identity {
  readonly subjectKey: SubjectKey;
  readonly decision: Accepted;
}

export function createPresence({ storeId, assumedStayMs, isSimulated }: PresenceOptions): Presence {
  const open = new Map<VisitId, OpenVisit>();
  const visitOfTrack = new Map<TrackId, VisitId>();
  /** Recognised before the entrance line was crossed. */
  const identityOfTrack = new Map<TrackId, Identity>();

  function enter(moment: Extract<Moment, { kind: 'entered' }>): StoreEvent[] {
    const { cameraId, trackId, atMs, inLane } = moment;
    if (visitOfTrack.has(trackId)) return [];
    const visitId = newVisitId();
    const simulated = isSimulated(cameraId);
    visitOfTrack.set(trackId, visitId);
    open.set(visitId, { startedAtMs: atMs, simulated });
    const started = createEvent(VisitStarted, {
      ...aboutVisit(cameraId, visitId, atMs),
      data: { entrance: { cameraId, inLane }, simulated },
    });
    const identity = identityOfTrack.get(trackId);
    return identity === undefined ? [started] : [started, ...identify(cameraId, visitId, atMs, identity)];
  }

  function identify(cameraId: CameraId, visitId: VisitId, atMs: number, identity: Identity): StoreEvent[] {
    const visit = open.get(visitId);
    if (visit === undefined || visit.subjectKey !== undefined) return [];
    // One person cannot be inside twice: the earlier stay must be over.
    const earlier = [...open].filter(([, other]) => other.subjectKey === identity.subjectKey);
    const ended = earlier.map(([id, other]) =>
      end(id, other, 'entered-again', Math.max(atMs, other.startedAtMs)),
    );
    visit.subjectKey = identity.subjectKey;
    const identified = createEvent(VisitIdentified, {
      ...aboutVisit(cameraId, visitId, atMs),
      data: {
        subjectKey: identity.subjectKey,
        cameraId,
        decision: { ...identity.decision },
        simulated: visit.simulated,
      },
    });
    return [...ended, identified];
  }

  function end(
    visitId: VisitId,
    visit: OpenVisit,
    reason: 'assumed-left' | 'entered-again',
    atMs: number,
  ): StoreEvent {
    open.delete(visitId);
    return createEvent(VisitEnded, {
      source: `/stores/${storeId}`,
      subject: visitSubject(visitId),
      time: new Date(atMs),
      storeId,
      visitId,
      data: { reason, durationSeconds: (atMs - visit.startedAtMs) / 1000, simulated: visit.simulated },
    });
  }

  const visitSubject = (visitId: VisitId): string => `stores/${storeId}/visits/${visitId}`;
  const aboutVisit = (cameraId: CameraId, visitId: VisitId, atMs: number) => ({
    source: `/stores/${storeId}/cameras/${cameraId}`,
    subject: visitSubject(visitId),
    time: new Date(atMs),
    storeId,
    visitId,
  });
  const aboutCamera = (cameraId: CameraId, atMs: number) => ({
    source: `/stores/${storeId}/cameras/${cameraId}`,
    subject: `stores/${storeId}/cameras/${cameraId}`,
    time: new Date(atMs),
    storeId,
  });

  return {
    restore(event) {
      if (event.storeid !== storeId || event.visitid === undefined) return;
      const visitId = event.visitid as VisitId; // validated by the contract
      if (isOf(VisitStarted, event)) {
        open.set(visitId, { startedAtMs: Date.parse(event.time), simulated: event.data.simulated });
      } else if (isOf(VisitIdentified, event)) {
        const visit = open.get(visitId);
        if (visit) visit.subjectKey = event.data.subjectKey as SubjectKey; // validated by the contract
      } else if (isOf(VisitEnded, event)) {
        open.delete(visitId);
      }
    },

    handle(moment) {
      switch (moment.kind) {
        case 'entered':
          return enter(moment);
        case 'identified': {
          const { cameraId, trackId, atMs, subjectKey, decision } = moment;
          const visitId = visitOfTrack.get(trackId);
          const identity = { subjectKey, decision };
          if (visitId !== undefined) return identify(cameraId, visitId, atMs, identity);
          identityOfTrack.set(trackId, identity);
          return [];
        }
        case 'track-ended':
          visitOfTrack.delete(moment.trackId);
          identityOfTrack.delete(moment.trackId);
          return [];
        case 'camera-connected': {
          const { cameraId, atMs, width, height } = moment;
          const data = { cameraId, width, height, simulated: isSimulated(cameraId) };
          return [createEvent(CameraConnected, { ...aboutCamera(cameraId, atMs), data })];
        }
        case 'camera-lost': {
          const { cameraId, atMs, reason, detail } = moment;
          return [
            createEvent(CameraLost, { ...aboutCamera(cameraId, atMs), data: { cameraId, reason, detail } }),
          ];
        }
        case 'camera-recovered': {
          const { cameraId, atMs, downSeconds, attempts } = moment;
          const data = { cameraId, downSeconds, attempts };
          return [createEvent(CameraRecovered, { ...aboutCamera(cameraId, atMs), data })];
        }
        case 'tracks': // who stands where isn't told yet
        case 'overlay':
        case 'floor-overlay':
        case 'picture':
          return [];
      }
    },

    endOverdue(nowMs) {
      return [...open]
        .filter(([, visit]) => nowMs - visit.startedAtMs >= assumedStayMs)
        .map(([visitId, visit]) => end(visitId, visit, 'assumed-left', visit.startedAtMs + assumedStayMs));
    },

    visitOf: (trackId) => visitOfTrack.get(trackId),

    get openVisits() {
      return open.size;
    },
  };
}

function isOf<Name extends string, Data>(
  contract: { type: Name; example: StoreEvent<Name, Data> },
  event: StoreEvent,
): event is StoreEvent<Name, Data> {
  return event.type === contract.type;
}

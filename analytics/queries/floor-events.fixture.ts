import { createEvent } from '../../ingest/events/envelope.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../ingest/events/camera-recovered.ts';
import { LineCrossed } from '../../ingest/events/line-crossed.ts';
import { QueueJoined } from '../../ingest/events/queue-joined.ts';
import { QueueLeft } from '../../ingest/events/queue-left.ts';
import { VisitEnded } from '../../ingest/events/visit-ended.ts';
import { VisitExcluded } from '../../ingest/events/visit-excluded.ts';
import { VisitGrouped } from '../../ingest/events/visit-grouped.ts';
import { VisitPositionSampled } from '../../ingest/events/visit-position-sampled.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { ZoneEntered } from '../../ingest/events/zone-entered.ts';
import { ZoneLeft } from '../../ingest/events/zone-left.ts';

/** Events of the floor for tests, short to say; times are clocks of one day, in UTC. */
export interface FloorScript {
  readonly utc: (clock: string) => string;
  entered(visitId: string, clock: string, zone: string): AnyEvent;
  left(visitId: string, clock: string, zone: string, dwellSeconds: number): AnyEvent;
  at(visitId: string, clock: string, across: number, down: number): AnyEvent;
  joined(visitId: string, clock: string, length: number): AnyEvent;
  leftQueue(visitId: string, clock: string, waitSeconds: number, served: boolean | null): AnyEvent;
  crossed(visitId: string, clock: string, direction: 'forwards' | 'backwards'): AnyEvent;
  started(visitId: string, clock: string): AnyEvent;
  ended(
    visitId: string,
    clock: string,
    how: { reason: 'seen-leaving' | 'lost-sight' | 'same-person'; sameAs?: string },
  ): AnyEvent;
  grouped(visitId: string, clock: string, groupId: string): AnyEvent;
  staff(visitId: string, clock: string): AnyEvent;
  camera(state: 'connected' | 'lost' | 'recovered', clock: string, cameraId?: string): AnyEvent;
}

const simulated = true;

export function floorScript(storeId: string, day: string): FloorScript {
  const utc = (clock: string): string => `${day}T${clock.length === 5 ? `${clock}:00` : clock}.000Z`;
  const visit = (visitId: string, clock: string) => ({
    source: `/stores/${storeId}`,
    subject: `stores/${storeId}/visits/${visitId}`,
    time: new Date(utc(clock)),
    storeId,
    visitId,
  });
  return {
    utc,
    entered: (visitId, clock, zone) =>
      createEvent(ZoneEntered, { ...visit(visitId, clock), data: { zone, kind: 'area', simulated } }),
    left: (visitId, clock, zone, dwellSeconds) =>
      createEvent(ZoneLeft, {
        ...visit(visitId, clock),
        data: { zone, kind: 'area', dwellSeconds, simulated },
      }),
    at: (visitId, clock, acrossMetres, downMetres) =>
      createEvent(VisitPositionSampled, {
        ...visit(visitId, clock),
        data: { place: { acrossMetres, downMetres }, accuracyMetres: 0.2, zones: [], simulated },
      }),
    joined: (visitId, clock, length) =>
      createEvent(QueueJoined, { ...visit(visitId, clock), data: { queue: 'till', length, simulated } }),
    leftQueue: (visitId, clock, waitSeconds, served) =>
      createEvent(QueueLeft, {
        ...visit(visitId, clock),
        data: { queue: 'till', waitSeconds, served, length: 0, simulated },
      }),
    crossed: (visitId, clock, direction) =>
      createEvent(LineCrossed, { ...visit(visitId, clock), data: { line: 'doorway', direction, simulated } }),
    started: (visitId, clock) =>
      createEvent(VisitStarted, {
        ...visit(visitId, clock),
        data: { entrance: { cameraId: 'front-door', inLane: false }, simulated },
      }),
    ended: (visitId, clock, how) =>
      createEvent(VisitEnded, {
        ...visit(visitId, clock),
        data: { ...how, durationSeconds: 1, simulated },
      }),
    grouped: (visitId, clock, groupId) =>
      createEvent(VisitGrouped, { ...visit(visitId, clock), data: { groupId, size: 2, simulated } }),
    staff: (visitId, clock) =>
      createEvent(VisitExcluded, { ...visit(visitId, clock), data: { reason: 'staff-zone', simulated } }),
    camera(state, clock, cameraId = 'over-floor') {
      const about = {
        source: `/stores/${storeId}/cameras/${cameraId}`,
        subject: `stores/${storeId}/cameras/${cameraId}`,
        time: new Date(utc(clock)),
        storeId,
      };
      switch (state) {
        case 'connected':
          return createEvent(CameraConnected, {
            ...about,
            data: { cameraId, width: 640, height: 360, simulated },
          });
        case 'lost':
          return createEvent(CameraLost, {
            ...about,
            data: { cameraId, reason: 'stalled', detail: 'no frame for 5.0 s' },
          });
        case 'recovered':
          return createEvent(CameraRecovered, { ...about, data: { cameraId, downSeconds: 5, attempts: 1 } });
      }
    },
  };
}

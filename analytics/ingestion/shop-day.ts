import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../ingest/events/camera-recovered.ts';
import { decode } from '../../ingest/events/codec.ts';
import { createEvent, type EventContract, type EventFacts } from '../../ingest/events/envelope.ts';
import { MemberEnrolled } from '../../ingest/events/member-enrolled.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { VisitEnded } from '../../ingest/events/visit-ended.ts';
import { VisitIdentified } from '../../ingest/events/visit-identified.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { newId } from '../../runtime/ids.ts';

const STORE = 'demo';
const CAMERA = 'front-door';
const MINUTE_MS = 60_000;

/**
 * A day of a shop as events: a visitor every `everyMs`, each second one through the lane, each third one recognised,
 * each fourth one still inside; a camera that is lost and returns.
 */
export function shopDay(visits: number, from: Date, everyMs = MINUTE_MS): readonly AnyEvent[] {
  const cameraPath = `stores/${STORE}/cameras/${CAMERA}`;
  const camera = (minutes: number) => ({
    source: `/${cameraPath}`,
    subject: cameraPath,
    time: new Date(from.getTime() + minutes * MINUTE_MS),
    storeId: STORE,
  });
  const events: AnyEvent[] = [
    eventOf(CameraConnected, {
      ...camera(-5),
      data: { cameraId: CAMERA, width: 1280, height: 720, simulated: true },
    }),
    eventOf(MemberEnrolled, {
      ...camera(-4),
      data: { subjectKey: newId(), references: 3, network: 'face-recognition-dlib' },
    }),
  ];
  for (let index = 0; index < visits; index += 1) {
    events.push(...visit(index, new Date(from.getTime() + index * everyMs)));
  }
  events.push(
    eventOf(CameraLost, {
      ...camera(20),
      data: { cameraId: CAMERA, reason: 'stalled', detail: 'no frame for 5.0 s' },
    }),
    eventOf(CameraRecovered, { ...camera(21), data: { cameraId: CAMERA, downSeconds: 60, attempts: 4 } }),
  );
  return events;
}

function visit(index: number, time: Date): readonly AnyEvent[] {
  const visitId = newId();
  const facts = {
    source: `/stores/${STORE}/cameras/${CAMERA}`,
    subject: `stores/${STORE}/visits/${visitId}`,
    storeId: STORE,
    visitId,
  };
  const events: AnyEvent[] = [
    eventOf(VisitStarted, {
      ...facts,
      time,
      data: { entrance: { cameraId: CAMERA, inLane: index % 2 === 0 }, simulated: true },
    }),
  ];
  if (index % 3 === 0) {
    events.push(
      eventOf(VisitIdentified, {
        ...facts,
        time: new Date(time.getTime() + 1_200),
        data: {
          subjectKey: newId(),
          cameraId: CAMERA,
          decision: {
            network: 'face-recognition-dlib',
            distance: 0.31,
            margin: 0.2,
            threshold: 0.47,
            frames: 5,
          },
          simulated: true,
        },
      }),
    );
  }
  if (index % 4 !== 0) {
    events.push(
      eventOf(VisitEnded, {
        ...facts,
        time: new Date(time.getTime() + 20 * MINUTE_MS),
        data: { reason: 'assumed-left', durationSeconds: 1_200, simulated: true },
      }),
    );
  }
  return events;
}

/** Through the codec, as every event goes: what breaks its contract doesn't get into a test. */
function eventOf(contract: Pick<EventContract, 'type' | 'version'>, facts: EventFacts<unknown>): AnyEvent {
  const decoded = decode(Buffer.from(JSON.stringify(createEvent(contract, facts))));
  if (!decoded.ok) throw new TypeError(decoded.reason);
  return decoded.event;
}

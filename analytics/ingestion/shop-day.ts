import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../ingest/events/camera-recovered.ts';
import { createEvent } from '../../ingest/events/envelope.ts';
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
    createEvent(CameraConnected, {
      ...camera(-5),
      data: { cameraId: CAMERA, width: 1280, height: 720, simulated: true },
    }),
    createEvent(MemberEnrolled, {
      ...camera(-4),
      data: { subjectKey: newId(), references: 3, network: 'face-recognition-dlib' },
    }),
  ];
  for (let index = 0; index < visits; index += 1) {
    events.push(...visit(index, new Date(from.getTime() + index * everyMs)));
  }
  events.push(
    createEvent(CameraLost, {
      ...camera(20),
      data: { cameraId: CAMERA, reason: 'stalled', detail: 'no frame for 5.0 s' },
    }),
    createEvent(CameraRecovered, { ...camera(21), data: { cameraId: CAMERA, downSeconds: 60, attempts: 4 } }),
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
    createEvent(VisitStarted, {
      ...facts,
      time,
      data: { entrance: { cameraId: CAMERA, inLane: index % 2 === 0 }, simulated: true },
    }),
  ];
  if (index % 3 === 0) {
    events.push(
      createEvent(VisitIdentified, {
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
      createEvent(VisitEnded, {
        ...facts,
        time: new Date(time.getTime() + 20 * MINUTE_MS),
        data: { reason: 'assumed-left', durationSeconds: 1_200, simulated: true },
      }),
    );
  }
  return events;
}

import { Value } from 'typebox/value';
import { CameraConnected } from '../../../ingest/events/camera-connected.ts';
import { CameraLost } from '../../../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../../../ingest/events/camera-recovered.ts';
import { ConsentGiven } from '../../../ingest/events/consent-given.ts';
import { ConsentWithdrawn } from '../../../ingest/events/consent-withdrawn.ts';
import type { StoreEvent } from '../../../ingest/events/envelope.ts';
import { MemberEnrolled } from '../../../ingest/events/member-enrolled.ts';
import { QueueLeft } from '../../../ingest/events/queue-left.ts';
import { VisitEnded } from '../../../ingest/events/visit-ended.ts';
import { VisitExcluded } from '../../../ingest/events/visit-excluded.ts';
import { VisitFound } from '../../../ingest/events/visit-found.ts';
import { VisitIdentified } from '../../../ingest/events/visit-identified.ts';
import { VisitIdentityWithdrawn } from '../../../ingest/events/visit-identity-withdrawn.ts';
import { VisitResumed } from '../../../ingest/events/visit-resumed.ts';
import { VisitStarted } from '../../../ingest/events/visit-started.ts';
import type { Fact, Moment } from '../schemas/moment.ts';

type NameOf = (subjectKey: string) => string | undefined;
/** The parts of an event that a moment is told from; the table in ClickHouse keeps the same. */
export type ToldEvent = Pick<StoreEvent, 'id' | 'type' | 'time' | 'recordedtime' | 'visitid' | 'data'>;

/**
 * Says an event as a line of the stream of moments. The name is asked for every time a moment is told, so that a
 * withdrawn consent works backwards too.
 * @returns `undefined` for events that are no moment (where visitors walk, and who was served), or that don't keep their contract
 */
export function momentOf(event: ToldEvent, nameOf: NameOf): Moment | undefined {
  const fact = factOf(event, nameOf);
  if (fact === undefined) return undefined;
  const data: unknown = event.data;
  const simulated =
    typeof data === 'object' && data !== null && 'simulated' in data && data.simulated === true;
  return { id: event.id, capturedAt: event.time, recordedAt: event.recordedtime, simulated, fact };
}

function factOf(event: ToldEvent, nameOf: NameOf): Fact | undefined {
  const { data, visitid: visitId } = event;
  switch (event.type) {
    case VisitStarted.type: {
      if (visitId === undefined || !Value.Check(VisitStarted.data, data)) return undefined;
      const { cameraId, inLane } = data.entrance;
      return { kind: 'visit.started', visitId, cameraId, inLane };
    }
    case VisitIdentified.type: {
      if (visitId === undefined || !Value.Check(VisitIdentified.data, data)) return undefined;
      const { subjectKey, cameraId, decision } = data;
      const name = nameOf(subjectKey) ?? null;
      return { kind: 'visit.identified', visitId, cameraId, subjectKey, name, decision };
    }
    case VisitEnded.type: {
      if (visitId === undefined || !Value.Check(VisitEnded.data, data)) return undefined;
      const { reason, durationSeconds } = data;
      return { kind: 'visit.ended', visitId, reason, durationSeconds };
    }
    case VisitFound.type:
      if (visitId === undefined || !Value.Check(VisitFound.data, data)) return undefined;
      return { kind: 'visit.found', visitId, cameraId: data.cameraId };
    case VisitResumed.type:
      if (visitId === undefined || !Value.Check(VisitResumed.data, data)) return undefined;
      return { kind: 'visit.resumed', visitId, awaySeconds: data.awaySeconds };
    case VisitIdentityWithdrawn.type:
      if (visitId === undefined || !Value.Check(VisitIdentityWithdrawn.data, data)) return undefined;
      return { kind: 'visit.identity-withdrawn', visitId, reason: data.reason };
    case VisitExcluded.type:
      if (visitId === undefined || !Value.Check(VisitExcluded.data, data)) return undefined;
      return { kind: 'visit.excluded', visitId, reason: data.reason };
    case QueueLeft.type: {
      if (visitId === undefined || !Value.Check(QueueLeft.data, data) || data.served !== false)
        return undefined;
      return { kind: 'queue.abandoned', visitId, queue: data.queue, waitSeconds: data.waitSeconds };
    }
    case CameraConnected.type:
      if (!Value.Check(CameraConnected.data, data)) return undefined;
      return { kind: 'camera.connected', cameraId: data.cameraId };
    case CameraLost.type:
      if (!Value.Check(CameraLost.data, data)) return undefined;
      return { kind: 'camera.lost', cameraId: data.cameraId, reason: data.reason, detail: data.detail };
    case CameraRecovered.type:
      if (!Value.Check(CameraRecovered.data, data)) return undefined;
      return { kind: 'camera.recovered', cameraId: data.cameraId, downSeconds: data.downSeconds };
    case MemberEnrolled.type:
      if (!Value.Check(MemberEnrolled.data, data)) return undefined;
      return { kind: 'member.enrolled', subjectKey: data.subjectKey };
    case ConsentGiven.type:
      if (!Value.Check(ConsentGiven.data, data)) return undefined;
      return { kind: 'consent.given', subjectKey: data.subjectKey, purpose: data.purpose };
    case ConsentWithdrawn.type:
      if (!Value.Check(ConsentWithdrawn.data, data)) return undefined;
      return { kind: 'consent.withdrawn', subjectKey: data.subjectKey, purpose: data.purpose };
    default:
      return undefined;
  }
}

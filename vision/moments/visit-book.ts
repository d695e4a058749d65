import { newVisitId, type CameraId, type StoreId, type SubjectKey, type VisitId } from '../../runtime/ids.ts';
import { createEvent, type EventContract, type StoreEvent } from '../../ingest/events/envelope.ts';
import { VisitEnded } from '../../ingest/events/visit-ended.ts';
import { VisitFound } from '../../ingest/events/visit-found.ts';
import { VisitIdentified } from '../../ingest/events/visit-identified.ts';
import { VisitIdentityWithdrawn } from '../../ingest/events/visit-identity-withdrawn.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { Accepted } from './moment.ts';

export interface OpenVisit {
  readonly visitId: VisitId;
  readonly startedAtMs: number;
  readonly simulated: boolean;
  /** Footfall has counted it. */
  counted: boolean;
  subjectKey: SubjectKey | undefined;
  /** Not a customer: nothing is told of their way. */
  staff: boolean;
}

export type EndReason = (typeof VisitEnded)['example']['data']['reason'];
export type WithdrawalReason = (typeof VisitIdentityWithdrawn)['example']['data']['reason'];

/** The visits that are open, and the events of their beginning, name and end. Nothing else opens or closes a visit. */
export interface VisitBook {
  readonly open: ReadonlyMap<VisitId, OpenVisit>;
  start(entrance: { cameraId: CameraId; inLane: boolean }, atMs: number, simulated: boolean): Told;
  /** Somebody whom no camera saw coming in. */
  find(cameraId: CameraId, place: FloorPoint, atMs: number, simulated: boolean): Told;
  /** A found visit is counted after all. */
  count(visit: OpenVisit, entrance: { cameraId: CameraId; inLane: boolean }, atMs: number): StoreEvent;
  identify(
    visit: OpenVisit,
    cameraId: CameraId,
    atMs: number,
    subjectKey: SubjectKey,
    decision: Accepted,
  ): StoreEvent;
  withdraw(visit: OpenVisit, reason: WithdrawalReason, atMs: number): StoreEvent[];
  end(visit: OpenVisit, reason: EndReason, atMs: number, sameAs?: VisitId): StoreEvent;
  /** Any other event of a visit. */
  tell<Name extends string, Data extends EventContract['data']>(
    contract: EventContract<Name, Data>,
    visit: OpenVisit,
    atMs: number,
    data: EventContract<Name, Data>['example']['data'],
  ): StoreEvent;
  /** @returns the visit that an event of an earlier run opened */
  restore(visit: OpenVisit): void;
  forget(visitId: VisitId): void;
}

export interface Told {
  readonly visit: OpenVisit;
  readonly event: StoreEvent;
}

export function createVisitBook(storeId: StoreId): VisitBook {
  const open = new Map<VisitId, OpenVisit>();

  const about = (visitId: VisitId, atMs: number, cameraId?: CameraId) => ({
    source: cameraId === undefined ? `/stores/${storeId}` : `/stores/${storeId}/cameras/${cameraId}`,
    subject: `stores/${storeId}/visits/${visitId}`,
    time: new Date(atMs),
    storeId,
    visitId,
  });

  function begin(atMs: number, simulated: boolean, counted: boolean): OpenVisit {
    const visit = {
      visitId: newVisitId(),
      startedAtMs: atMs,
      simulated,
      counted,
      subjectKey: undefined,
      staff: false,
    };
    open.set(visit.visitId, visit);
    return visit;
  }

  const started = (
    visit: OpenVisit,
    entrance: { cameraId: CameraId; inLane: boolean },
    atMs: number,
  ): StoreEvent =>
    createEvent(VisitStarted, {
      ...about(visit.visitId, atMs, entrance.cameraId),
      data: { entrance, simulated: visit.simulated },
    });

  return {
    open,
    start(entrance, atMs, simulated) {
      const visit = begin(atMs, simulated, true);
      return { visit, event: started(visit, entrance, atMs) };
    },
    find(cameraId, [acrossMetres, downMetres], atMs, simulated) {
      const visit = begin(atMs, simulated, false);
      const data = { cameraId, place: { acrossMetres, downMetres }, simulated };
      return { visit, event: createEvent(VisitFound, { ...about(visit.visitId, atMs, cameraId), data }) };
    },
    count(visit, entrance, atMs) {
      visit.counted = true;
      return started(visit, entrance, atMs);
    },
    identify(visit, cameraId, atMs, subjectKey, decision) {
      visit.subjectKey = subjectKey;
      return createEvent(VisitIdentified, {
        ...about(visit.visitId, atMs, cameraId),
        data: { subjectKey, cameraId, decision: { ...decision }, simulated: visit.simulated },
      });
    },
    withdraw(visit, reason, atMs) {
      const { subjectKey, simulated } = visit;
      if (subjectKey === undefined) return [];
      visit.subjectKey = undefined;
      const data = { subjectKey, reason, simulated };
      return [createEvent(VisitIdentityWithdrawn, { ...about(visit.visitId, atMs), data })];
    },
    end(visit, reason, atMs, sameAs) {
      open.delete(visit.visitId);
      const durationSeconds = Math.max(0, atMs - visit.startedAtMs) / 1000;
      return createEvent(VisitEnded, {
        ...about(visit.visitId, Math.max(atMs, visit.startedAtMs)),
        data: {
          reason,
          durationSeconds,
          ...(sameAs === undefined ? {} : { sameAs }),
          simulated: visit.simulated,
        },
      });
    },
    tell: (contract, visit, atMs, data) => createEvent(contract, { ...about(visit.visitId, atMs), data }),
    restore: (visit) => void open.set(visit.visitId, visit),
    forget: (visitId) => void open.delete(visitId),
  };
}

import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { QueueJoined } from '../../ingest/events/queue-joined.ts';
import { QueueLeft } from '../../ingest/events/queue-left.ts';
import { VisitEnded } from '../../ingest/events/visit-ended.ts';
import { VisitExcluded } from '../../ingest/events/visit-excluded.ts';
import { VisitFound } from '../../ingest/events/visit-found.ts';
import { VisitIdentified } from '../../ingest/events/visit-identified.ts';
import { VisitIdentityWithdrawn } from '../../ingest/events/visit-identity-withdrawn.ts';
import { VisitPositionSampled } from '../../ingest/events/visit-position-sampled.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { ZoneEntered } from '../../ingest/events/zone-entered.ts';
import { ZoneLeft } from '../../ingest/events/zone-left.ts';
import type { StoreId, SubjectKey, VisitId } from '../../runtime/ids.ts';
import type { FloorStays } from './floor-stays.ts';
import type { VisitBook } from './visit-book.ts';

/**
 * Takes up what an earlier run told, event by event in their order; each is one step, however many positions there are.
 * Events of other stores, other topics and visits that are over change nothing.
 */
export function createRestoring(
  storeId: StoreId,
  book: VisitBook,
  floor: FloorStays | undefined,
): (event: StoreEvent) => void {
  function begin(visitId: VisitId, event: StoreEvent, simulated: boolean, counted: boolean): void {
    const known = book.open.get(visitId);
    if (known !== undefined) {
      known.counted ||= counted;
      return;
    }
    const startedAtMs = Date.parse(event.time);
    book.restore({ visitId, startedAtMs, simulated, counted, subjectKey: undefined, staff: false });
  }

  return (event) => {
    if (event.storeid !== storeId || event.visitid === undefined) return;
    const visitId = event.visitid as VisitId; // validated by the contract
    if (isOf(VisitStarted, event)) begin(visitId, event, event.data.simulated, true);
    if (isOf(VisitFound, event)) begin(visitId, event, event.data.simulated, false);
    const visit = book.open.get(visitId);
    if (visit === undefined) return;
    const atMs = Date.parse(event.time);
    if (isOf(VisitIdentified, event)) {
      visit.subjectKey = event.data.subjectKey as SubjectKey; // validated by the contract
    } else if (isOf(VisitIdentityWithdrawn, event)) {
      visit.subjectKey = undefined;
    } else if (isOf(VisitExcluded, event)) {
      visit.staff = true;
    } else if (isOf(VisitEnded, event)) {
      floor?.close(visit);
      book.forget(visitId);
    } else if (isOf(VisitPositionSampled, event)) {
      const { acrossMetres, downMetres } = event.data.place;
      floor?.restore(visit, [acrossMetres, downMetres], atMs);
    } else if (isOf(ZoneEntered, event)) {
      floor?.restoreZone(visitId, event.data.zone, atMs);
    } else if (isOf(ZoneLeft, event)) {
      floor?.restoreZone(visitId, event.data.zone, undefined);
    } else if (isOf(QueueJoined, event)) {
      floor?.restoreQueue(visitId, event.data.queue, atMs);
    } else if (isOf(QueueLeft, event)) {
      floor?.restoreQueue(visitId, event.data.queue, undefined);
    }
  };
}

function isOf<Name extends string, Data>(
  contract: { type: Name; example: StoreEvent<Name, Data> },
  event: StoreEvent,
): event is StoreEvent<Name, Data> {
  return event.type === contract.type;
}

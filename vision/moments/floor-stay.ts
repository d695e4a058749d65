import type { Zone } from '../../config/floor-schema.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { LineCrossed } from '../../ingest/events/line-crossed.ts';
import { QueueJoined } from '../../ingest/events/queue-joined.ts';
import { QueueLeft } from '../../ingest/events/queue-left.ts';
import { VisitGrouped } from '../../ingest/events/visit-grouped.ts';
import { VisitPositionSampled } from '../../ingest/events/visit-position-sampled.ts';
import { ZoneEntered } from '../../ingest/events/zone-entered.ts';
import { ZoneLeft } from '../../ingest/events/zone-left.ts';
import type { VisitId } from '../../runtime/ids.ts';
import type { PersonId } from '../floor/crowd-person.ts';
import type { GroupChange, Groups } from '../floor/groups.ts';
import type { QueueChange, Queues } from '../floor/queues.ts';
import type { Route, RouteChange } from '../floor/route.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import type { EndReason, OpenVisit, VisitBook } from './visit-book.ts';

/** What the floor knows of a visit. */
export interface Stay {
  readonly visit: OpenVisit;
  readonly route: Route;
  /** Who in the crowd it is; undefined once nobody looks for them any more. */
  personId: PersonId | undefined;
  place: FloorPoint;
  lastSeenMs: number;
  lastSampleMs: number;
  /** Has been somewhere else than at the door, so whoever is lost there has left. */
  wasInside: boolean;
  /** Over, unless they come back soon. */
  over: { readonly reason: EndReason; readonly zone: string | undefined } | undefined;
}

/** Says what visitors do on the floor as events. Staff are not told of. */
export interface StayTeller {
  route(stay: Stay, changes: readonly RouteChange[]): StoreEvent[];
  queues(changes: readonly QueueChange[]): StoreEvent[];
  groups(changes: readonly GroupChange[]): StoreEvent[];
  sample(stay: Stay, accuracyMetres: number): StoreEvent;
  /** Nobody sees them any more: zones and queues are left with the last sight. */
  leave(stay: Stay, known: boolean): StoreEvent[];
}

export function createStayTeller(
  book: VisitBook,
  queues: Queues,
  groups: Groups,
  stays: ReadonlyMap<VisitId, Stay>,
): StayTeller {
  function tellZone(stay: Stay, change: Extract<RouteChange, { zone: Zone }>): StoreEvent[] {
    const { visit } = stay;
    const { zone, atMs } = change;
    const about = { zone: zone.name, kind: zone.kind, simulated: visit.simulated };
    if (change.kind === 'entered') {
      return [
        book.tell(ZoneEntered, visit, atMs, about),
        ...tellQueues(queues.entered(visit.visitId, zone, atMs)),
      ];
    }
    const left = book.tell(ZoneLeft, visit, atMs, { ...about, dwellSeconds: change.dwellSeconds });
    const isIn = (name: string): boolean => stay.route.zones.has(name);
    return [left, ...tellQueues(queues.left(visit.visitId, zone, atMs, isIn))];
  }

  function tellQueues(changes: readonly QueueChange[]): StoreEvent[] {
    return changes.flatMap((change) => {
      const stay = stays.get(change.visitId);
      if (stay === undefined || stay.visit.staff) return [];
      const { queue, length, atMs } = change;
      const { visit } = stay;
      const { simulated } = visit;
      if (change.kind === 'joined')
        return [book.tell(QueueJoined, visit, atMs, { queue, length, simulated })];
      const { waitSeconds, served } = change;
      return [book.tell(QueueLeft, visit, atMs, { queue, waitSeconds, served, length, simulated })];
    });
  }

  function tellRoute(stay: Stay, changes: readonly RouteChange[]): StoreEvent[] {
    if (stay.visit.staff) return [];
    return changes.flatMap((change) => {
      if (change.kind !== 'crossed') return tellZone(stay, change);
      const { line, direction, atMs } = change;
      const { visit } = stay;
      return [
        book.tell(LineCrossed, visit, atMs, { line: line.name, direction, simulated: visit.simulated }),
      ];
    });
  }

  return {
    route: tellRoute,
    queues: tellQueues,
    groups: (changes) =>
      changes.flatMap(({ visitId, groupId, size, atMs }) => {
        const stay = stays.get(visitId);
        if (stay === undefined || stay.visit.staff) return [];
        return [
          book.tell(VisitGrouped, stay.visit, atMs, { groupId, size, simulated: stay.visit.simulated }),
        ];
      }),
    sample({ visit, place, lastSeenMs, route }, accuracyMetres) {
      return book.tell(VisitPositionSampled, visit, lastSeenMs, {
        place: { acrossMetres: rounded(place[0]), downMetres: rounded(place[1]) },
        accuracyMetres: rounded(accuracyMetres),
        zones: [...route.zones.keys()],
        simulated: visit.simulated,
      });
    },
    leave(stay, known) {
      const left = tellRoute(stay, stay.route.end(stay.lastSeenMs));
      groups.gone(stay.visit.visitId);
      return [...left, ...tellQueues(queues.gone(stay.visit.visitId, known))];
    },
  };
}

/** To the centimetre: more would only look exact. */
function rounded(metres: number): number {
  return Math.round(metres * 100) / 100;
}

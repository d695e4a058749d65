import type { Zone } from '../../config/floor-schema.ts';
import type { VisitId } from '../../runtime/ids.ts';

export type QueueChange =
  | {
      readonly kind: 'joined';
      readonly visitId: VisitId;
      readonly queue: string;
      readonly atMs: number;
      readonly length: number;
    }
  | {
      readonly kind: 'left';
      readonly visitId: VisitId;
      readonly queue: string;
      readonly atMs: number;
      readonly waitSeconds: number;
      readonly served: boolean | null;
      readonly length: number;
    };

/** Who waits where. Times are the visitors'; what is told later carries the time at which it happened. */
export interface Queues {
  entered(visitId: VisitId, zone: Zone, atMs: number): QueueChange[];
  left(visitId: VisitId, zone: Zone, atMs: number, isIn: (zone: string) => boolean): QueueChange[];
  /** @param known whether somebody saw where they went */
  gone(visitId: VisitId, known: boolean): QueueChange[];
  tick(nowMs: number): QueueChange[];
  /** From an earlier run: waits since then, or no longer. */
  restore(visitId: VisitId, queue: string, joinedAtMs: number | undefined): void;
  lengthOf(queue: string): number;
  longestWaitSeconds(queue: string, nowMs: number): number | null;
}

/** Who only walks through a queue's zone doesn't wait. */
const JOIN_MS = 3_000;
/** Who was served is where the queue leads within so long. */
const SERVED_MS = 15_000;

interface Waiting {
  readonly visitId: VisitId;
  readonly queue: string;
  readonly enteredMs: number;
  joined: boolean;
}

interface Leaving {
  readonly visitId: VisitId;
  readonly zone: Zone;
  readonly atMs: number;
  readonly waitSeconds: number;
  readonly length: number;
}

export function createQueues(zones: readonly Zone[]): Queues {
  const queues = zones.filter(({ kind }) => kind === 'queue');
  let waiting: Waiting[] = [];
  let leaving: Leaving[] = [];

  const lengthOf = (queue: string): number =>
    waiting.filter((one) => one.queue === queue && one.joined).length;

  function settle(isSettled: (one: Leaving) => boolean, served: boolean | null): QueueChange[] {
    const settled = leaving.filter(isSettled);
    leaving = leaving.filter((one) => !settled.includes(one));
    return settled.map((one) => leftOf(one, served));
  }

  function stopWaiting(visitId: VisitId, queue: string): Waiting | undefined {
    const found = waiting.find((one) => one.visitId === visitId && one.queue === queue);
    waiting = waiting.filter((one) => one !== found);
    return found?.joined === true ? found : undefined;
  }

  return {
    entered(visitId, zone, atMs) {
      const served = settle((one) => one.visitId === visitId && one.zone.leadsTo === zone.name, true);
      if (zone.kind === 'queue') waiting.push({ visitId, queue: zone.name, enteredMs: atMs, joined: false });
      return served;
    },
    left(visitId, zone, atMs, isIn) {
      const found = stopWaiting(visitId, zone.name);
      if (found === undefined) return [];
      const waitSeconds = Math.max(0, atMs - found.enteredMs) / 1000;
      const one = { visitId, zone, atMs, waitSeconds, length: lengthOf(zone.name) };
      if (zone.leadsTo === undefined) return [leftOf(one, null)];
      if (isIn(zone.leadsTo)) return [leftOf(one, true)];
      leaving.push(one);
      return [];
    },
    gone: (visitId, known) => settle((one) => one.visitId === visitId, known ? false : null),
    tick(nowMs) {
      const joining = waiting.filter((one) => !one.joined && nowMs - one.enteredMs >= JOIN_MS);
      const joined = joining.map((one): QueueChange => {
        one.joined = true;
        const { visitId, queue, enteredMs } = one;
        return { kind: 'joined', visitId, queue, atMs: enteredMs, length: lengthOf(queue) };
      });
      return [...joined, ...settle((one) => nowMs - one.atMs >= SERVED_MS, false)];
    },
    restore(visitId, queue, joinedAtMs) {
      waiting = waiting.filter((one) => one.visitId !== visitId || one.queue !== queue);
      if (joinedAtMs !== undefined && queues.some(({ name }) => name === queue))
        waiting.push({ visitId, queue, enteredMs: joinedAtMs, joined: true });
    },
    lengthOf,
    longestWaitSeconds(queue, nowMs) {
      const waits = waiting
        .filter((one) => one.queue === queue && one.joined)
        .map((one) => nowMs - one.enteredMs);
      return waits.length === 0 ? null : Math.max(0, ...waits) / 1000;
    },
  };
}

function leftOf({ zone, ...rest }: Leaving, served: boolean | null): QueueChange {
  return { kind: 'left', ...rest, queue: zone.name, served };
}

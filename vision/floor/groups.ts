import { newId, type VisitId } from '../../runtime/ids.ts';
import type { FloorPoint } from './sighting.ts';
import { metresBetween } from './walking-filter.ts';

export interface GroupChange {
  readonly visitId: VisitId;
  readonly groupId: string;
  readonly size: number;
  readonly atMs: number;
}

/** Who belongs together: came in close behind each other, and stay together afterwards. */
export interface Groups {
  started(visitId: VisitId, atMs: number): void;
  /** Where everybody is just now whom a camera sees. */
  see(places: ReadonlyMap<VisitId, FloorPoint>, atMs: number): GroupChange[];
  gone(visitId: VisitId): void;
}

/** People who belong together walk and stand so close, for most of the time. */
const TOGETHER_METRES = 2.2;
const TOGETHER_SHARE = 0.75;
/** It is decided when two have been seen together or apart for so long; who isn't seen so long stays alone. */
const JUDGED_SECONDS = 8;
const FORGOTTEN_MS = 60_000;
/** Two sights that lie further apart say nothing of the time between. */
const LONGEST_STEP_MS = 2_000;

interface Pair {
  readonly one: VisitId;
  readonly other: VisitId;
  readonly startedMs: number;
  lastMs: number | undefined;
  togetherSeconds: number;
  seenSeconds: number;
}

/** @param withinSeconds who comes in so close behind each other may belong together */
export function createGroups(withinSeconds: number): Groups {
  let pairs: Pair[] = [];
  let recent: { readonly visitId: VisitId; readonly atMs: number }[] = [];
  const groupOf = new Map<VisitId, string>();

  function join(one: VisitId, other: VisitId, atMs: number): GroupChange[] {
    const [mine, its] = [groupOf.get(one), groupOf.get(other)];
    if (mine !== undefined && mine === its) return [];
    const groupId = mine ?? its ?? newId();
    for (const [visitId, group] of groupOf) if (group === its) groupOf.set(visitId, groupId);
    groupOf.set(one, groupId).set(other, groupId);
    const members = [...groupOf].filter(([, group]) => group === groupId);
    return members.map(([visitId]) => ({ visitId, groupId, size: members.length, atMs }));
  }

  return {
    started(visitId, atMs) {
      recent = recent.filter((one) => atMs - one.atMs <= withinSeconds * 1000);
      for (const { visitId: other } of recent) {
        pairs.push({
          one: other,
          other: visitId,
          startedMs: atMs,
          lastMs: undefined,
          togetherSeconds: 0,
          seenSeconds: 0,
        });
      }
      recent.push({ visitId, atMs });
    },
    see(places, atMs) {
      const changes: GroupChange[] = [];
      pairs = pairs.filter((pair) => {
        const [one, other] = [places.get(pair.one), places.get(pair.other)];
        if (one === undefined || other === undefined) return atMs - pair.startedMs <= FORGOTTEN_MS;
        const stepMs = atMs - (pair.lastMs ?? atMs);
        pair.lastMs = atMs;
        if (stepMs > 0 && stepMs <= LONGEST_STEP_MS) {
          pair.seenSeconds += stepMs / 1000;
          if (metresBetween(one, other) <= TOGETHER_METRES) pair.togetherSeconds += stepMs / 1000;
        }
        if (pair.seenSeconds < JUDGED_SECONDS) return true;
        if (pair.togetherSeconds >= TOGETHER_SHARE * pair.seenSeconds)
          changes.push(...join(pair.one, pair.other, atMs));
        return false;
      });
      return changes;
    },
    gone(visitId) {
      pairs = pairs.filter(({ one, other }) => one !== visitId && other !== visitId);
      recent = recent.filter((one) => one.visitId !== visitId);
      groupOf.delete(visitId);
    },
  };
}

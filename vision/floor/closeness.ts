import type { CrowdPerson, PersonId } from './crowd-person.ts';
import { createLooks, lookEvidence, type Looks } from './looks.ts';

/**
 * Two people of whom one may have been taken for the other. While it lasts nobody can say who of them is who; afterwards
 * their looks may.
 */
interface Meeting {
  readonly one: CrowdPerson;
  readonly other: CrowdPerson;
  /** As they looked before. */
  readonly looksOne: Looks;
  readonly looksOther: Looks;
  /** When it was last in doubt, and by how many nats the likeliest was likelier at least. */
  doubtMs: number;
  margin: number;
  after: Map<PersonId, Looks>;
}

/** It isn't certain that each of two people is who they were. */
export interface Parting {
  readonly one: CrowdPerson;
  readonly other: CrowdPerson;
  /** They look as if each had become the other. */
  readonly swapped: boolean;
}

export interface Meetings {
  /** One may just have been taken for the other: it would be worse by `margin` nats only. */
  doubt(one: CrowdPerson, other: CrowdPerson, margin: number, atMs: number): void;
  /** Tells how meetings ended of whom it isn't certain that everybody is who they were. */
  update(nowMs: number): Parting[];
  /** In a meeting, or just out of one and not told apart yet. */
  isMixedUp(person: CrowdPerson): boolean;
  /** For those who meet: how they look after it. @returns whether the sight belongs to a meeting */
  see(person: CrowdPerson, atMs: number, note: (looks: Looks) => void): boolean;
  /** Somebody is gone. @returns those whom they were mixed up with: it will never be known who is who */
  forget(person: CrowdPerson): CrowdPerson[];
}

/** Two people are apart when nothing was doubtful for so long. */
const APART_MS = 500;
/** So many sights after a meeting tell how somebody looks, and so long they are waited for. */
const SIGHTS_AFTER = 4;
const WAIT_MS = 4_000;
/** Odds of 55 to 1, in nats: certain enough for a name, and for taking one for the other after all. */
const CERTAIN = 4;

export function createMeetings(): Meetings {
  const meetings = new Map<string, Meeting>();
  const keyOf = (one: CrowdPerson, other: CrowdPerson): string =>
    one.id < other.id ? `${one.id}:${other.id}` : `${other.id}:${one.id}`;

  /** Who comes from one meeting into the next is compared with how they looked before the first. */
  function looksBefore(person: CrowdPerson): Looks {
    for (const { one, other, looksOne, looksOther } of meetings.values()) {
      if (one === person) return looksOne;
      if (other === person) return looksOther;
    }
    return person.looks.copy();
  }

  /** undefined: not known yet. */
  function verdictOf(meeting: Meeting, nowMs: number): 'same' | 'swapped' | 'uncertain' | undefined {
    const { one, other, looksOne, looksOther, doubtMs, margin, after } = meeting;
    const sinceMs = nowMs - doubtMs;
    if (sinceMs < APART_MS) return undefined;
    const afterOne = after.get(one.id);
    const afterOther = after.get(other.id);
    const seenEnough = (looks: Looks | undefined): boolean =>
      looks !== undefined && looks.sights >= SIGHTS_AFTER;
    if (sinceMs < WAIT_MS && !(seenEnough(afterOne) && seenEnough(afterOther))) return undefined;
    let same = margin;
    if (afterOne !== undefined) same += lookEvidence(afterOne, looksOne) - lookEvidence(afterOne, looksOther);
    if (afterOther !== undefined)
      same += lookEvidence(afterOther, looksOther) - lookEvidence(afterOther, looksOne);
    return same >= CERTAIN ? 'same' : same <= -CERTAIN ? 'swapped' : 'uncertain';
  }

  return {
    doubt(one, other, margin, atMs) {
      const known = meetings.get(keyOf(one, other));
      if (known !== undefined) {
        known.doubtMs = Math.max(known.doubtMs, atMs);
        known.margin = Math.min(known.margin, margin);
        known.after.clear();
        return;
      }
      meetings.set(keyOf(one, other), {
        one,
        other,
        looksOne: looksBefore(one),
        looksOther: looksBefore(other),
        doubtMs: atMs,
        margin,
        after: new Map(),
      });
    },
    update(nowMs) {
      const partings: Parting[] = [];
      for (const [key, meeting] of meetings) {
        const verdict = verdictOf(meeting, nowMs);
        if (verdict === undefined) continue;
        meetings.delete(key);
        const { one, other } = meeting;
        if (verdict !== 'same') partings.push({ one, other, swapped: verdict === 'swapped' });
      }
      return partings;
    },
    isMixedUp: (person) =>
      [...meetings.values()].some(({ one, other }) => one === person || other === person),
    see(person, atMs, note) {
      let belongs = false;
      for (const { one, other, doubtMs, after } of meetings.values()) {
        if (one !== person && other !== person) continue;
        belongs = true;
        if (atMs - doubtMs < APART_MS) continue;
        const looks = after.get(person.id) ?? createLooks();
        after.set(person.id, looks);
        note(looks);
      }
      return belongs;
    },
    forget(person) {
      const uncertain: CrowdPerson[] = [];
      for (const [key, { one, other }] of meetings) {
        if (one !== person && other !== person) continue;
        meetings.delete(key);
        uncertain.push(one === person ? other : one);
      }
      return uncertain;
    },
  };
}

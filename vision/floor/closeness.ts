import type { CrowdPerson, PersonId } from './crowd-person.ts';
import { beliefAt } from './crowd-person.ts';
import { createLooks, lookDistance, type Looks } from './looks.ts';
import { addCovariances, minus, roundCovariance, squaredDeviations } from './walking-filter.ts';

/**
 * Two people so close that a camera's tracker may take one for the other. While it lasts nobody can say who of them is
 * who; afterwards their looks may.
 */
interface Meeting {
  readonly one: CrowdPerson;
  readonly other: CrowdPerson;
  /** As they looked before. */
  readonly looksOne: Looks;
  readonly looksOther: Looks;
  /** Since they are apart again; undefined while they are close. */
  apartMs: number | undefined;
  after: Map<PersonId, Looks>;
}

/** Two people are apart again, and it isn't certain that each is who they were. */
export interface Parting {
  readonly one: CrowdPerson;
  readonly other: CrowdPerson;
  /** They look as if each had become the other. */
  readonly swapped: boolean;
}

export interface Meetings {
  /** Looks at all pairs at a moment, and tells how meetings ended. */
  update(people: readonly CrowdPerson[], nowMs: number): Parting[];
  /** Somebody new begins so close to this person that they may be this person, and this one somebody else. */
  begin(one: CrowdPerson, other: CrowdPerson): void;
  /** In a meeting, or just out of one and not told apart yet. */
  isMixedUp(person: CrowdPerson): boolean;
  /** For those who meet: how they look after it. @returns whether the sight belongs to a meeting */
  see(person: CrowdPerson, note: (looks: Looks) => void): boolean;
  /** Somebody is gone. @returns those whom they were mixed up with: it will never be known who is who */
  forget(person: CrowdPerson): CrowdPerson[];
}

/** Standard deviations, squared: closer than the first they meet, beyond the second they are apart. */
const CLOSE = 6;
const APART = 10;
/** Errors of two places that have nothing to do with each other. */
const EACH_METRES = 0.2;
/** Whoever is unseen longer is found again by a joint, which has a margin of its own. */
const SEEN_MS = 1_200;
/** So many sights after a meeting tell how somebody looks, and so long they are waited for. */
const SIGHTS_AFTER = 4;
const WAIT_MS = 3_000;
/** Two people are told apart by looks when they differ so much, and each is so much nearer to themselves. */
const DIFFERENT_LOOKS = 0.35;
const NEARER_TO_ONESELF = 0.7;

export function createMeetings(): Meetings {
  const meetings = new Map<string, Meeting>();
  const keyOf = (one: CrowdPerson, other: CrowdPerson): string =>
    one.id < other.id ? `${one.id}:${other.id}` : `${other.id}:${one.id}`;

  function begin(one: CrowdPerson, other: CrowdPerson): void {
    const known = meetings.get(keyOf(one, other));
    if (known !== undefined) {
      known.apartMs = undefined;
      known.after.clear();
      return;
    }
    meetings.set(keyOf(one, other), {
      one,
      other,
      looksOne: looksBefore(one),
      looksOther: looksBefore(other),
      apartMs: undefined,
      after: new Map(),
    });
  }

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
    const { one, other, looksOne, looksOther, apartMs, after } = meeting;
    if (apartMs === undefined) return undefined;
    const before = lookDistance(looksOne, looksOther);
    if (before === undefined || before < DIFFERENT_LOOKS) return 'uncertain';
    const afterOne = after.get(one.id);
    const afterOther = after.get(other.id);
    const seenEnough = (looks: Looks | undefined): boolean =>
      looks !== undefined && looks.sights >= SIGHTS_AFTER;
    const waited = nowMs - apartMs >= WAIT_MS;
    if (!waited && !(seenEnough(afterOne) && seenEnough(afterOther))) return undefined;
    if (afterOne === undefined || afterOther === undefined) return 'uncertain';
    if (isNearer(afterOne, looksOne, looksOther) && isNearer(afterOther, looksOther, looksOne)) return 'same';
    return isNearer(afterOne, looksOther, looksOne) && isNearer(afterOther, looksOne, looksOther)
      ? 'swapped'
      : 'uncertain';
  }

  return {
    begin,
    update(people, nowMs) {
      const near = people.filter((person) => nowMs - person.lastSeenMs <= SEEN_MS);
      for (let i = 0; i < near.length; i++) {
        for (let j = i + 1; j < near.length; j++) {
          const [one, other] = [near[i]!, near[j]!];
          const apart = squaredDeviationsBetween(one, other, nowMs);
          const meeting = meetings.get(keyOf(one, other));
          if (apart < CLOSE) begin(one, other);
          else if (meeting !== undefined && apart > APART) meeting.apartMs ??= nowMs;
        }
      }
      const partings: Parting[] = [];
      for (const [key, meeting] of meetings) {
        const { one, other } = meeting;
        const unseenMs = nowMs - Math.min(one.lastSeenMs, other.lastSeenMs);
        // One of the two is out of sight: the other may be either, and only looks can say so.
        if (unseenMs > SEEN_MS) meeting.apartMs ??= nowMs;
        const verdict = verdictOf(meeting, nowMs);
        if (verdict === undefined) continue;
        meetings.delete(key);
        if (verdict !== 'same') partings.push({ one, other, swapped: verdict === 'swapped' });
      }
      return partings;
    },
    isMixedUp: (person) =>
      [...meetings.values()].some(({ one, other }) => one === person || other === person),
    see(person, note) {
      let belongs = false;
      for (const { one, other, apartMs, after } of meetings.values()) {
        if (one !== person && other !== person) continue;
        belongs = true;
        if (apartMs === undefined) continue;
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

function isNearer(after: Looks, own: Looks, others: Looks): boolean {
  const toOwn = lookDistance(after, own);
  const toOthers = lookDistance(after, others);
  return toOwn !== undefined && toOthers !== undefined && toOwn < NEARER_TO_ONESELF * toOthers;
}

function squaredDeviationsBetween(one: CrowdPerson, other: CrowdPerson, nowMs: number): number {
  const [a, b] = [beliefAt(one, nowMs), beliefAt(other, nowMs)];
  const each = roundCovariance(EACH_METRES);
  return squaredDeviations(
    minus(a.place, b.place),
    addCovariances(addCovariances(a.covariance, b.covariance), addCovariances(each, each)),
  );
}

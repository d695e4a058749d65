import type { TrackId } from '../../runtime/ids.ts';
import { allot } from './allotting.ts';
import { createMeetings } from './closeness.ts';
import { viewOf, type Crowd, type CrowdChange, type CrowdOptions } from './crowd-view.ts';
import { findDoubles } from './doubles.ts';
import { noteOwnLooks } from './own-looks.ts';
import {
  beliefAt,
  exchange,
  newPerson,
  rememberedPerson,
  takeBack,
  takeSight,
  type CrowdPerson,
  type PersonId,
  type Sight,
} from './crowd-person.ts';
import { findAgain, type Found } from './finding-again.ts';
import type { CameraSighting } from './sighting.ts';
import { metresBetween } from './walking-filter.ts';

/** Tracks of all cameras are joined in windows of so long. */
const WINDOW_MS = 250;
/** Cameras may be so much behind each other; what comes later still counts, with more doubt. */
export const WAIT_MS = 500;
const TOO_LATE_MS = 2_000;
/** Sights belong to people who were seen so shortly before; who was lost for longer is found again, with more thought. */
const ABOUT_MS = 600;
/** It is said who a stranger is after so many sights over so long; while two answers are near each other, later. */
const LEAST_SIGHTS = 3;
const LEAST_MS = 350;
const LONGEST_DOUBT_MS = 4_000;
const GUESS_SIGHTS = 1;
const NEW_MARGIN = 3;
const NEW_MS = 2_000;
/** People a square metre: where at least so many begin, somebody new is no surprise. */
const USUAL_NEWCOMERS = 0.01;
/** A joint with less of a margin (in nats) is a likely one, but not one that carries a name. */
const CERTAIN_MARGIN = 4;
const SEEN_MS = 450;
/** Places of people who are nearer to each other don't tell who is who. */
const CLOSE_METRES = 0.5;
/** People who aren't on the floor, such as passers-by of the door, are forgotten sooner; and who was hardly seen at all. */
const PASSER_BY_SECONDS = 5;
const HARDLY_SEEN_SIGHTS = 10;

/** Somebody whom another camera sees so near is waited for: places at a picture's edge get better. */
const NEAR_METRES = 1.3;
const NEAR_MS = 1_200;

export function createCrowd(options: CrowdOptions): Crowd {
  const people = new Map<PersonId, CrowdPerson>();
  const personOfTrack = new Map<TrackId, CrowdPerson>();
  const meetings = createMeetings();
  let waiting: { sighting: CameraSighting; ended: readonly TrackId[] }[] = [];
  let lastId = 0;
  let thoughtToMs = -Infinity;
  let changes: CrowdChange[] = [];

  function uncertain(person: CrowdPerson, atMs: number, reason: 'crossed-paths' | 'lost-from-sight'): void {
    if (person.known) changes.push({ kind: 'uncertain', personId: person.id, atMs, reason });
  }

  /** Whom the camera's own tracker takes a sight for. */
  const trackedTo = ({ trackId }: Sight): CrowdPerson | undefined => personOfTrack.get(trackId);

  function look({ cameraId, atMs, tracks }: CameraSighting): void {
    const sights = tracks.map(({ trackId, place, covariance, appearance }): Sight => ({
      atMs,
      cameraId,
      trackId,
      place,
      covariance,
      appearance,
    }));
    const about = [...people.values()].filter(({ lastSeenMs }) => atMs - lastSeenMs <= ABOUT_MS);
    for (const { sight, person, rival, margin } of allot(sights, about, trackedTo)) {
      if (person === undefined) {
        begin(sight);
        continue;
      }
      if (rival?.known === true && person.known && margin < CERTAIN_MARGIN)
        meetings.doubt(person, rival, margin, atMs);
      follow(person, sight);
    }
  }

  function begin(sight: Sight): void {
    const stranger = newPerson(++lastId as PersonId, sight); // the only place where numbers are given, with remember()
    people.set(stranger.id, stranger);
    personOfTrack.set(sight.trackId, stranger);
    noteLooks(stranger, sight);
  }

  function follow(person: CrowdPerson, sight: Sight): void {
    const before = person.cameras.get(sight.cameraId)?.trackId;
    if (before !== undefined && before !== sight.trackId && personOfTrack.get(before) === person)
      personOfTrack.delete(before);
    takeSight(person, sight);
    person.onFloor ||= person.known && options.isOverFloor(sight.cameraId);
    personOfTrack.set(sight.trackId, person);
    noteLooks(person, sight);
  }

  function noteLooks(person: CrowdPerson, sight: Sight): void {
    const { cameraId, appearance, atMs } = sight;
    if (appearance === undefined) return;
    if (!person.known) {
      person.looks.add(cameraId, appearance);
      return;
    }
    if (meetings.see(person, atMs, (looks) => looks.add(cameraId, appearance))) {
      person.recent = [];
      return;
    }
    const strange = noteOwnLooks(person, sight);
    if (strange !== undefined) splitOff(person, strange);
  }

  /** Whom a person's sights show looks like somebody else by now: who that is has to be found out. */
  function splitOff(person: CrowdPerson, sights: readonly Sight[]): void {
    const [first, ...rest] = sights;
    takeBack(person, first!.atMs);
    begin(first!);
    const stranger = people.get(lastId as PersonId)!;
    for (const sight of rest) follow(stranger, sight);
  }

  /**
   * Strangers are found to be somebody who was lost, or become somebody. As long as it isn't certain they are taken for whom
   * they most probably are, and all of them are thought over again.
   */
  function welcome(nowMs: number): void {
    const strangers: CrowdPerson[] = [];
    for (const person of people.values()) {
      if (person.known) continue;
      if (nowMs - person.lastSeenMs > ABOUT_MS) close(person, nowMs);
      else if (person.early.length >= GUESS_SIGHTS) strangers.push(person);
    }
    const known = [...people.values()].filter((person) => person.known);
    const found = findAgain(strangers, known, {
      newcomersAt: options.newcomersAt,
      walkingMetres: options.walkingMetres,
      nowMs,
    });
    for (const one of found) {
      const { stranger, person, margin } = one;
      stranger.guess = person;
      stranger.margin = margin;
      const ageMs = nowMs - stranger.bornMs;
      if (stranger.early.length < LEAST_SIGHTS || stranger.lastSeenMs - stranger.bornMs < LEAST_MS) continue;
      if (person === undefined) {
        // In the middle of the floor nobody begins, unless two cameras say so or one for long.
        const plausible =
          stranger.cameras.size > 1 || options.newcomersAt(stranger.early[0]!.place) >= USUAL_NEWCOMERS;
        if (!(plausible && margin >= NEW_MARGIN) && ageMs < NEW_MS) continue;
        if (mayBeSeen(one, known, nowMs)) continue;
        appear(stranger);
      } else if (margin >= CERTAIN_MARGIN || ageMs >= LONGEST_DOUBT_MS) {
        rejoin(stranger, person, nowMs);
      }
    }
  }

  /** A stranger is out of sight again: they were whom they were taken for. */
  function close(stranger: CrowdPerson, nowMs: number): void {
    const { guess } = stranger;
    if (guess !== undefined && people.has(guess.id) && stranger.early.length >= LEAST_SIGHTS) {
      rejoin(stranger, guess, nowMs);
    } else remove(stranger, nowMs);
  }

  /** Another camera sees somebody so near that it may be the stranger after all. */
  function mayBeSeen({ stranger, person }: Found, known: readonly CrowdPerson[], nowMs: number): boolean {
    if (nowMs - stranger.bornMs >= NEAR_MS) return false;
    const { place } = stranger.state;
    return known.some(
      (other) =>
        other !== person &&
        nowMs - other.lastSeenMs <= SEEN_MS + WINDOW_MS &&
        metresBetween(other.state.place, place) < NEAR_METRES &&
        ![...other.cameras].some(
          ([cameraId, { lastMs }]) => stranger.cameras.has(cameraId) && lastMs >= stranger.bornMs,
        ),
    );
  }

  function rejoin(stranger: CrowdPerson, person: CrowdPerson, nowMs: number): void {
    const { margin } = stranger;
    const unseenMs = stranger.bornMs - person.lastSeenMs;
    people.delete(stranger.id);
    if (stranger.bornMs > person.lastSeenMs) {
      const { state, history } = stranger;
      Object.assign(person, { state, history });
      person.cameras = stranger.cameras;
      person.lastSeenMs = stranger.lastSeenMs;
      person.unseenSeconds = 0;
      person.sights += stranger.sights;
    } else for (const sight of stranger.early) takeSight(person, sight);
    hand(stranger, person);
    person.onFloor ||= stranger.early.some(({ cameraId }) => options.isOverFloor(cameraId));
    for (const { cameraId, appearance } of stranger.early) {
      if (appearance !== undefined) person.looks.add(cameraId, appearance);
    }
    person.recent = [];
    if (margin < CERTAIN_MARGIN)
      uncertain(person, nowMs, unseenMs > ABOUT_MS ? 'lost-from-sight' : 'crossed-paths');
  }

  /** What a camera takes for the one it takes for the other; of each camera that is one track. */
  function hand(from: CrowdPerson, to: CrowdPerson): void {
    for (const [trackId, its] of personOfTrack) {
      if (its === to && ![...to.cameras.values()].some((one) => one.trackId === trackId))
        personOfTrack.delete(trackId);
    }
    for (const [cameraId, { trackId, lastMs }] of from.cameras) {
      if ((to.cameras.get(cameraId)?.lastMs ?? -Infinity) <= lastMs) personOfTrack.set(trackId, to);
    }
    for (const [trackId, its] of personOfTrack) if (its === from) personOfTrack.delete(trackId);
  }

  function appear(person: CrowdPerson): void {
    person.known = true;
    const { cameraId, place } = person.early[0]!;
    const overFloor = person.early.some((sight) => options.isOverFloor(sight.cameraId));
    person.onFloor = overFloor;
    person.early = [];
    changes.push({
      kind: 'appeared',
      personId: person.id,
      atMs: person.bornMs,
      cameraId,
      place,
      overFloor,
    });
  }

  function merge(one: CrowdPerson, other: CrowdPerson, nowMs: number): void {
    hand(other, one);
    remove(other, nowMs);
    one.onFloor ||= other.onFloor;
    changes.push({ kind: 'merged', personId: other.id, into: one.id, atMs: nowMs });
  }

  function remove(person: CrowdPerson, nowMs: number): void {
    people.delete(person.id);
    for (const [trackId, its] of personOfTrack) if (its === person) personOfTrack.delete(trackId);
    for (const other of meetings.forget(person)) uncertain(other, nowMs, 'crossed-paths');
  }

  /** Whoever stands so close to somebody may be taken for them by every camera. */
  function doubtNeighbours(nowMs: number): void {
    const seen = [...people.values()].filter(
      ({ known, onFloor, lastSeenMs }) => known && onFloor && nowMs - lastSeenMs <= ABOUT_MS,
    );
    seen.forEach((one, index) => {
      for (const other of seen.slice(index + 1)) {
        if (metresBetween(one.state.place, other.state.place) < CLOSE_METRES)
          meetings.doubt(one, other, 0, nowMs);
      }
    });
  }

  function dropLost(nowMs: number): void {
    for (const person of people.values()) {
      if (nowMs - person.lastSeenMs <= WINDOW_MS || options.isDark(beliefAt(person, nowMs).place)) continue;
      person.unseenSeconds += WINDOW_MS / 1000;
      if (!person.known) continue;
      if (person.unseenSeconds < patienceFor(person)) continue;
      remove(person, nowMs);
      changes.push({ kind: 'gone', personId: person.id, atMs: nowMs, lastSeenMs: person.lastSeenMs });
    }
  }

  function patienceFor({ onFloor, sights }: CrowdPerson): number {
    const hardly = !onFloor || sights < HARDLY_SEEN_SIGHTS;
    return hardly ? Math.min(PASSER_BY_SECONDS, options.lostSeconds) : options.lostSeconds;
  }

  function think(endMs: number): void {
    const due = waiting.filter(({ sighting }) => sighting.atMs < endMs);
    waiting = waiting.filter(({ sighting }) => sighting.atMs >= endMs);
    due.sort(
      (a, b) => a.sighting.atMs - b.sighting.atMs || (a.sighting.cameraId < b.sighting.cameraId ? -1 : 1),
    );
    for (const { sighting } of due) look(sighting);
    for (const { ended } of due) for (const trackId of ended) personOfTrack.delete(trackId);
    welcome(endMs);
    for (const [one, other] of findDoubles([...people.values()], endMs)) merge(one, other, endMs);
    doubtNeighbours(endMs);
    for (const { one, other, swapped } of meetings.update(endMs)) {
      if (swapped) {
        exchange(one, other);
        for (const [trackId, its] of personOfTrack) {
          if (its === one) personOfTrack.set(trackId, other);
          else if (its === other) personOfTrack.set(trackId, one);
        }
      }
      uncertain(one, endMs, 'crossed-paths');
      uncertain(other, endMs, 'crossed-paths');
    }
    dropLost(endMs);
    thoughtToMs = endMs;
  }

  return {
    see(sighting, ended = []) {
      if (sighting.atMs < thoughtToMs - TOO_LATE_MS) return;
      waiting.push({ sighting, ended });
    },
    advance(nowMs) {
      changes = [];
      const toMs = nowMs - WAIT_MS;
      if (thoughtToMs === -Infinity) {
        const firstMs = Math.min(toMs, ...waiting.map(({ sighting }) => sighting.atMs));
        thoughtToMs = Math.floor(firstMs / WINDOW_MS) * WINDOW_MS;
      }
      // A long silence holds nothing to think through but the time that passed.
      while (thoughtToMs + WINDOW_MS <= toMs) think(thoughtToMs + WINDOW_MS);
      return changes;
    },
    people() {
      const guessed = new Map<CrowdPerson, CrowdPerson>();
      for (const stranger of people.values()) {
        if (!stranger.known && stranger.guess !== undefined) guessed.set(stranger.guess, stranger);
      }
      return [...people.values()]
        .filter(({ known }) => known)
        .map((person) => viewOf(person, guessed.get(person), thoughtToMs, meetings.isMixedUp(person)));
    },
    personOf(trackId) {
      const person = personOfTrack.get(trackId);
      return person?.known === true ? person.id : undefined;
    },
    release(personId) {
      const person = people.get(personId);
      if (person !== undefined) remove(person, thoughtToMs);
    },
    remember(place, lastSeenMs) {
      const id = ++lastId as PersonId; // see begin()
      people.set(id, rememberedPerson(id, place, lastSeenMs));
      return id;
    },
    get thoughtToMs() {
      return thoughtToMs;
    },
  };
}

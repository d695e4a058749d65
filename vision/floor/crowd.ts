import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { createMeetings } from './closeness.ts';
import {
  beliefAt,
  newPerson,
  readyFor,
  sightOf,
  SIGHTS_KEPT_MS,
  takeBack,
  takeSight,
  type CrowdPerson,
  type CrowdTrack,
  type PersonId,
  type Sight,
} from './crowd-person.ts';
import { joinTracks, marginOfRegained, meanDifference, type Joint } from './joining.ts';
import { createLooks, hellinger } from './looks.ts';
import type { Appearance, CameraSighting, FloorPoint, TrackSighting } from './sighting.ts';
import { beginWalk, metresBetween, minus, roundCovariance, squaredDeviations } from './walking-filter.ts';

export interface CrowdOptions {
  /** How many people begin on a square metre: many inside a door, few in the middle of the floor. */
  readonly newcomersAt: (place: FloorPoint) => number;
  /** Only a living camera that looks there can miss somebody. */
  readonly isDark: (place: FloorPoint) => boolean;
  /** Door cameras see people who may never come in. */
  readonly isOverFloor: (cameraId: CameraId) => boolean;
  /** How long somebody whom no camera sees is looked for. */
  readonly lostSeconds: number;
}

/** What became of people; places and times are in {@link Crowd.people}. */
export type CrowdChange =
  | {
      readonly kind: 'appeared';
      readonly personId: PersonId;
      readonly atMs: number;
      readonly cameraId: CameraId;
      readonly place: FloorPoint;
      readonly overFloor: boolean;
    }
  /** It is not certain any more that this is the same human being as before. */
  | {
      readonly kind: 'uncertain';
      readonly personId: PersonId;
      readonly atMs: number;
      readonly reason: 'crossed-paths' | 'lost-from-sight';
    }
  /** Two were one all the time: `personId` is gone, `into` goes on. */
  | { readonly kind: 'merged'; readonly personId: PersonId; readonly into: PersonId; readonly atMs: number }
  /** Nobody has seen them for too long. */
  | {
      readonly kind: 'gone';
      readonly personId: PersonId;
      readonly atMs: number;
      readonly lastSeenMs: number;
    };

export interface PersonView {
  readonly personId: PersonId;
  readonly place: FloorPoint;
  readonly velocity: FloorPoint;
  readonly accuracyMetres: number;
  readonly lastSeenMs: number;
  /** Where they were at `lastSeenMs`. */
  readonly lastPlace: FloorPoint;
  readonly bornMs: number;
  readonly onFloor: boolean;
  /** So close to somebody that nobody can say who is who; who carries a name doesn't show it now. */
  readonly mixedUp: boolean;
}

/**
 * Everybody whom the cameras see, each once. Pure: it has no clock, and says the same whatever order cameras report in
 * within {@link WAIT_MS}.
 */
export interface Crowd {
  /** What a camera has seen. `ended` are tracks that never come back. */
  see(sighting: CameraSighting, ended?: readonly TrackId[]): void;
  /** Thinks through all windows that are complete at `nowMs`. */
  advance(nowMs: number): CrowdChange[];
  people(): PersonView[];
  personOf(trackId: TrackId): PersonId | undefined;
  /** Stops looking for somebody. */
  release(personId: PersonId): void;
  /** Somebody of whom an earlier run knew. */
  remember(place: FloorPoint, lastSeenMs: number): PersonId;
  /** How far it has thought, on the cameras' clock. */
  readonly thoughtToMs: number;
}

/** Tracks of all cameras are joined in windows of so long. */
const WINDOW_MS = 250;
/** Cameras may be so much behind each other; what comes later still counts, with more doubt. */
export const WAIT_MS = 500;
const TOO_LATE_MS = 2_000;
/** A track is joined once it has so many sights over so long; while two answers are near each other it may take longer. */
const LEAST_SIGHTS = 3;
const LEAST_MS = 350;
const LONGEST_DOUBT_MS = 1_500;
const CLEAR_MARGIN = 1.5;
/** A joint with less of a margin (in nats) is a likely one, but not one that carries a name. */
const CERTAIN_MARGIN = 4;
/** A sight beyond so many squared deviations isn't this person's; two in a row, and the track is somebody else's. */
const ASTRAY = 13;
const ASTRAY_SIGHTS = 2;
/** How fast a track's looks of just now change, and how many sights make a person well known. */
const RECENT_GAIN = 0.3;
const KNOWN_SIGHTS = 15;
/** Looks this far from how the same camera knows a person, so many sights in a row, are somebody else's (looks.ts). */
const STRANGE_LOOKS = 0.48;
const STRANGE_SIGHTS = 6;
/** A tracker that finds a track again after so long may have found somebody else. */
const REGAINED_MS = 1_000;
/** After so long it may, if somebody else is out of sight there. */
const PAUSE_MS = 350;
/** And further from where they were expected than that, it may be somebody whom no camera had seen before. */
const PAUSE_METRES = 0.6;
/** In the middle of the floor so few people begin on a square metre: whom no camera had seen. */
const LEAST_NEWCOMERS = 0.001;
/** Whoever was given up steps out so near to where they were lost, for so long. */
const HIDDEN_METRES = 1;
const HIDDEN_MS = 1_800_000;
/** A track that wasn't seen for so long leaves its place to another of the same camera. */
const HOLDS_MS = 450;
/** Tracks of two cameras that lie so far apart for long belong to two people. */
const APART = 9;
/** Two people whom no camera sees apart, so close for so long, are one. */
const ONE = 3;
const ONE_MS = 2_000;
/** People who aren't on the floor, such as passers-by of the door, are forgotten sooner. */
const PASSER_BY_SECONDS = 5;
/** Somebody who begins so close to a person may be that person, and the person the newcomer. */
const NEWCOMER_METRES = 1.0;

export function createCrowd(options: CrowdOptions): Crowd {
  const people = new Map<PersonId, CrowdPerson>();
  const tracks = new Map<TrackId, CrowdTrack>();
  const meetings = createMeetings();
  let waiting: { sighting: CameraSighting; ended: readonly TrackId[] }[] = [];
  let hidden: { readonly place: FloorPoint; readonly atMs: number }[] = [];
  let lastId = 0;
  let thoughtToMs = -Infinity;
  let changes: CrowdChange[] = [];

  function uncertain(person: CrowdPerson, atMs: number, reason: 'crossed-paths' | 'lost-from-sight'): void {
    changes.push({ kind: 'uncertain', personId: person.id, atMs, reason });
  }

  function seeTrack(cameraId: CameraId, atMs: number, sighting: TrackSighting): void {
    const sight = sightOf(atMs, sighting);
    const track = tracks.get(sighting.trackId) ?? begun(cameraId, sighting.trackId, atMs);
    const { person } = track;
    if (person !== undefined && atMs - track.lastMs > REGAINED_MS) unlink(track);
    else if (person !== undefined && atMs - track.lastMs > PAUSE_MS) doubtRegained(track, person, sight);
    track.lastMs = Math.max(track.lastMs, atMs);
    track.sights.push(sight);
    while (track.sights[0]!.atMs < atMs - SIGHTS_KEPT_MS) track.sights.shift();
    if (sighting.appearance !== undefined) track.looks.add(cameraId, sighting.appearance);
    if (track.person === undefined) return;
    follow(track, track.person, sighting, atMs);
  }

  /** A pause is long enough for somebody else to step out from where nobody looks. */
  function doubtRegained(track: CrowdTrack, person: CrowdPerson, sight: Sight): void {
    const others = [...people.values()].filter(
      (other) => other !== person && sight.atMs - other.lastSeenMs > PAUSE_MS,
    );
    const jump = metresBetween(beliefAt(person, sight.atMs).place, sight.place);
    const newcomers = LEAST_NEWCOMERS + hiddenAt(sight.place, sight.atMs);
    const margin = marginOfRegained(track, person, others, sight, newcomers);
    if (jump <= PAUSE_METRES && margin >= CERTAIN_MARGIN) return;
    uncertain(person, sight.atMs, 'lost-from-sight');
  }

  /** Who was given up is still somewhere: in a fitting room, behind a shelf. People a square metre who may step out here. */
  function hiddenAt(place: FloorPoint, nowMs: number): number {
    hidden = hidden.filter(({ atMs }) => nowMs - atMs < HIDDEN_MS);
    return hidden.reduce((sum, one) => {
      const metres = metresBetween(one.place, place);
      return sum + Math.exp(-0.5 * (metres / HIDDEN_METRES) ** 2) / (4 * Math.PI * HIDDEN_METRES ** 2);
    }, 0);
  }

  function begun(cameraId: CameraId, trackId: TrackId, atMs: number): CrowdTrack {
    const track: CrowdTrack = {
      trackId,
      cameraId,
      sights: [],
      sinceMs: atMs,
      lastMs: atMs,
      person: undefined,
      before: undefined,
      astray: 0,
      looks: createLooks(),
      recentLooks: undefined,
      strange: undefined,
    };
    tracks.set(trackId, track);
    return track;
  }

  function follow(track: CrowdTrack, person: CrowdPerson, sighting: TrackSighting, atMs: number): void {
    const sight = sightOf(atMs, sighting);
    const { state, noise } = readyFor(person, sight);
    const [xx, xy, yy] = [state.covariance[0]!, state.covariance[1]!, state.covariance[5]!];
    const away = squaredDeviations(minus(sight.place, state.place), [
      xx + noise[0],
      xy + noise[1],
      yy + noise[2],
    ]);
    if (away > ASTRAY) {
      track.astray++;
      if (track.astray < ASTRAY_SIGHTS) return;
      track.recentLooks = sighting.appearance;
      letGo(track, track.sights.slice(-ASTRAY_SIGHTS));
      return;
    }
    track.astray = 0;
    takeSight(person, sight);
    const { appearance } = sighting;
    if (appearance === undefined) return;
    const belongs = meetings.see(person, (looks) => looks.add(track.cameraId, appearance));
    if (belongs) {
      track.strange = undefined;
      track.recentLooks = undefined;
    } else if (!isStrange(track, person, appearance, atMs)) {
      if (track.strange === undefined) person.looks.add(track.cameraId, appearance);
    } else {
      const { sinceMs } = track.strange!;
      const sights = track.sights.filter((one) => one.atMs >= sinceMs);
      if (person.tracks.size === 1) takeBack(person, sinceMs);
      letGo(track, sights);
    }
  }

  /**
   * A track that goes on looking like somebody else than its person, to the camera that knows this person well, was
   * perhaps taken over by its tracker. Looks only raise the doubt: who it is then, all tracks decide together.
   */
  function isStrange(track: CrowdTrack, person: CrowdPerson, appearance: Appearance, atMs: number): boolean {
    const known = person.looks.byCamera.get(track.cameraId);
    const { recentLooks } = track;
    track.recentLooks =
      recentLooks?.length === appearance.length
        ? recentLooks.map((share, bin) => share + RECENT_GAIN * (appearance[bin]! - share))
        : appearance;
    if (known?.length !== appearance.length || person.looks.sights < KNOWN_SIGHTS) return false;
    if (hellinger(track.recentLooks, known) < STRANGE_LOOKS) {
      track.strange = undefined;
      return false;
    }
    track.strange ??= { sinceMs: atMs, sights: 0 };
    return ++track.strange.sights >= STRANGE_SIGHTS;
  }

  /** Nobody knows any more whose a track is; what it has looked like since then tells. */
  function letGo(track: CrowdTrack, sights: Sight[]): void {
    unlink(track);
    track.sights = sights;
    track.sinceMs = sights[0]?.atMs ?? track.lastMs;
    track.before = undefined; // the tracker is just what is doubted
    track.looks = createLooks();
    if (track.recentLooks !== undefined) track.looks.add(track.cameraId, track.recentLooks);
  }

  function unlink(track: CrowdTrack): void {
    if (track.person?.tracks.get(track.cameraId) === track) track.person.tracks.delete(track.cameraId);
    track.before = track.person;
    track.person = undefined;
    track.sights = [];
    track.astray = 0;
    track.strange = undefined;
  }

  function link(track: CrowdTrack, person: CrowdPerson): void {
    const displaced = person.tracks.get(track.cameraId);
    if (displaced !== undefined && displaced !== track) unlink(displaced);
    person.tracks.set(track.cameraId, track);
    track.person = person;
    track.before = undefined;
    track.astray = 0;
    person.onFloor ||= options.isOverFloor(track.cameraId);
  }

  function forgetTrack(trackId: TrackId): void {
    const track = tracks.get(trackId);
    if (track === undefined) return;
    unlink(track);
    tracks.delete(trackId);
  }

  /** Tracks of one camera that belong to nobody yet find their person, or become one. */
  function joinCamera(cameraId: CameraId, nowMs: number): void {
    const loose = [...tracks.values()].filter(
      (track) => track.cameraId === cameraId && track.person === undefined && isReady(track, nowMs),
    );
    if (loose.length === 0) return;
    const candidates = [...people.values()].filter((person) => {
      const held = person.tracks.get(cameraId);
      return held === undefined || nowMs - held.lastMs > HOLDS_MS;
    });
    const joints = joinTracks(loose, candidates, (track) => ({
      newcomers: options.newcomersAt(track.sights.at(-1)!.place) + hiddenAt(track.sights[0]!.place, nowMs),
      nowMs,
    }));
    for (const joint of joints) {
      const { track, margin } = joint;
      const mayWait = nowMs - track.sights[0]!.atMs < LONGEST_DOUBT_MS;
      if (margin < CLEAR_MARGIN && mayWait) continue;
      if (joint.person === undefined) appear(track, nowMs);
      else rejoin(joint, joint.person, nowMs);
    }
  }

  function isReady(track: CrowdTrack, nowMs: number): boolean {
    const { sights } = track;
    const first = sights[0];
    if (first === undefined || sights.length < LEAST_SIGHTS) return false;
    return track.lastMs - first.atMs >= LEAST_MS && nowMs - track.lastMs <= HOLDS_MS + WINDOW_MS;
  }

  function rejoin({ track, margin }: Joint, person: CrowdPerson, nowMs: number): void {
    const unseenMs = track.sights[0]!.atMs - person.lastSeenMs;
    link(track, person);
    for (const sight of track.sights) if (sight.atMs > person.lastSeenMs) takeSight(person, sight);
    if (margin < CERTAIN_MARGIN) {
      uncertain(person, nowMs, unseenMs > REGAINED_MS ? 'lost-from-sight' : 'crossed-paths');
    }
  }

  function appear(track: CrowdTrack, nowMs: number): void {
    const person = newPerson(++lastId as PersonId, track); // the only place where numbers are given, with remember()
    people.set(person.id, person);
    link(track, person);
    for (const appearance of track.looks.byCamera.values()) person.looks.add(track.cameraId, appearance);
    const { place } = track.sights[0]!;
    const overFloor = options.isOverFloor(track.cameraId);
    const steppedOut = hidden.find((one) => metresBetween(one.place, place) < 2 * HIDDEN_METRES);
    hidden = hidden.filter((one) => one !== steppedOut);
    changes.push({
      kind: 'appeared',
      personId: person.id,
      atMs: person.bornMs,
      cameraId: track.cameraId,
      place,
      overFloor,
    });
    for (const other of people.values()) {
      if (other === person || !overFloor || !other.onFloor) continue;
      const near = metresBetween(beliefAt(other, person.bornMs).place, place) < NEWCOMER_METRES;
      if (near && nowMs - other.lastSeenMs < REGAINED_MS * 2) meetings.begin(person, other);
    }
  }

  /** A person whose cameras disagree for long is two: the track that came last is let go. */
  function split(person: CrowdPerson, nowMs: number): void {
    const current = [...person.tracks.values()].filter((track) => nowMs - track.lastMs <= HOLDS_MS);
    if (current.length < 2) return;
    for (const track of current) {
      if (track.sights.length < LEAST_SIGHTS || nowMs - track.sights[0]!.atMs < LONGEST_DOUBT_MS * 0.8)
        continue;
      for (const other of current) {
        if (other === track || other.sinceMs > track.sinceMs) continue;
        const recent = other.sights.filter((sight) => sight.atMs >= track.sights[0]!.atMs);
        if (recent.length < LEAST_SIGHTS || trackDeviations(track, recent) < APART) continue;
        unlink(track);
        track.before = undefined;
        track.sinceMs = nowMs;
        uncertain(person, nowMs, 'crossed-paths');
        return;
      }
    }
  }

  function mergeDoubles(nowMs: number): void {
    const seen = [...people.values()].filter((person) => nowMs - person.lastSeenMs <= HOLDS_MS);
    for (let i = 0; i < seen.length; i++) {
      for (let j = i + 1; j < seen.length; j++) {
        const [one, other] = seen[i]!.bornMs <= seen[j]!.bornMs ? [seen[i]!, seen[j]!] : [seen[j]!, seen[i]!];
        if (people.has(one.id) && people.has(other.id) && areOne(one, other, nowMs)) merge(one, other, nowMs);
      }
    }
  }

  function areOne(one: CrowdPerson, other: CrowdPerson, nowMs: number): boolean {
    if (nowMs - other.bornMs < ONE_MS) return false;
    const shared = [...one.tracks].some(([cameraId, track]) => {
      const its = other.tracks.get(cameraId);
      return its !== undefined && Math.abs(its.lastMs - track.lastMs) < ONE_MS;
    });
    if (shared) return false;
    const recent = other.history.filter(({ atMs }) => atMs >= nowMs - ONE_MS);
    if (recent.length < LEAST_SIGHTS || recent[0]!.atMs > nowMs - ONE_MS * 0.75) return false;
    const sights = recent.map(({ atMs, state }) => ({
      atMs,
      place: state.place,
      covariance: roundCovariance(0.1),
    }));
    const { offset, covariance } = meanDifference({ sights }, one);
    return squaredDeviations(offset, covariance) < ONE;
  }

  function merge(one: CrowdPerson, other: CrowdPerson, nowMs: number): void {
    for (const track of [...other.tracks.values()]) {
      unlink(track);
      if (!one.tracks.has(track.cameraId)) link(track, one);
    }
    remove(other, nowMs);
    changes.push({ kind: 'merged', personId: other.id, into: one.id, atMs: nowMs });
  }

  function remove(person: CrowdPerson, nowMs: number): void {
    for (const track of [...person.tracks.values()]) unlink(track);
    people.delete(person.id);
    for (const other of meetings.forget(person)) uncertain(other, nowMs, 'crossed-paths');
  }

  /** A tracker took one for the other while they were close: each goes on from where the other was taken to be. */
  function exchange(one: CrowdPerson, other: CrowdPerson): void {
    const { state, history, tracks: its, lastSeenMs, unseenSeconds } = one;
    one.state = other.state;
    one.history = other.history;
    one.tracks = other.tracks;
    one.lastSeenMs = other.lastSeenMs;
    one.unseenSeconds = other.unseenSeconds;
    Object.assign(other, { state, history, tracks: its, lastSeenMs, unseenSeconds });
    for (const person of [one, other]) for (const track of person.tracks.values()) track.person = person;
  }

  function dropLost(nowMs: number): void {
    for (const person of people.values()) {
      if (nowMs - person.lastSeenMs <= WINDOW_MS || options.isDark(beliefAt(person, nowMs).place)) continue;
      person.unseenSeconds += WINDOW_MS / 1000;
      const patience = person.onFloor
        ? options.lostSeconds
        : Math.min(PASSER_BY_SECONDS, options.lostSeconds);
      if (person.unseenSeconds < patience) continue;
      remove(person, nowMs);
      if (person.onFloor) hidden.push({ place: person.state.place, atMs: nowMs });
      changes.push({ kind: 'gone', personId: person.id, atMs: nowMs, lastSeenMs: person.lastSeenMs });
    }
  }

  function think(endMs: number): void {
    const due = waiting.filter(({ sighting }) => sighting.atMs < endMs);
    waiting = waiting.filter(({ sighting }) => sighting.atMs >= endMs);
    due.sort(
      (a, b) => a.sighting.atMs - b.sighting.atMs || (a.sighting.cameraId < b.sighting.cameraId ? -1 : 1),
    );
    for (const { sighting } of due) {
      for (const track of sighting.tracks) seeTrack(sighting.cameraId, sighting.atMs, track);
    }
    for (const { ended } of due) for (const trackId of ended) forgetTrack(trackId);
    const cameras = [...new Set([...tracks.values()].map(({ cameraId }) => cameraId))].sort();
    for (const cameraId of cameras) joinCamera(cameraId, endMs);
    for (const person of people.values()) split(person, endMs);
    mergeDoubles(endMs);
    for (const { one, other, swapped } of meetings.update([...people.values()], endMs)) {
      if (swapped) exchange(one, other);
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
    people: () =>
      [...people.values()].map((person) => {
        const { place, covariance, velocity } = beliefAt(person, Math.max(thoughtToMs, person.lastSeenMs));
        return {
          personId: person.id,
          place,
          velocity,
          accuracyMetres: Math.sqrt((covariance[0] + covariance[2]) / 2),
          lastSeenMs: person.lastSeenMs,
          lastPlace: person.state.place,
          bornMs: person.bornMs,
          onFloor: person.onFloor,
          mixedUp: meetings.isMixedUp(person),
        };
      }),
    personOf: (trackId) => tracks.get(trackId)?.person?.id,
    release(personId) {
      const person = people.get(personId);
      if (person !== undefined) remove(person, thoughtToMs);
    },
    remember(place, lastSeenMs) {
      const id = ++lastId as PersonId; // see appear()
      people.set(id, {
        id,
        bornMs: lastSeenMs,
        state: beginWalk(lastSeenMs / 1000, place, roundCovariance(0.3)),
        history: [],
        tracks: new Map(),
        lastSeenMs,
        unseenSeconds: 0,
        onFloor: true,
        looks: createLooks(),
      });
      return id;
    },
    get thoughtToMs() {
      return thoughtToMs;
    },
  };
}

function trackDeviations(track: CrowdTrack, others: CrowdTrack['sights']): number {
  const mean = (
    sights: CrowdTrack['sights'],
  ): { place: FloorPoint; covariance: readonly [number, number, number] } => {
    const n = sights.length;
    const sum = sights.reduce(
      (all, { place, covariance }) => all.map((value, i) => value + [...place, ...covariance][i]!),
      [0, 0, 0, 0, 0],
    );
    return { place: [sum[0]! / n, sum[1]! / n], covariance: [sum[2]! / n, sum[3]! / n, sum[4]! / n] };
  };
  const [a, b] = [mean(track.sights), mean(others)];
  const extra = 2 * 0.22 ** 2;
  return squaredDeviations(minus(a.place, b.place), [
    a.covariance[0] + b.covariance[0] + extra,
    a.covariance[1] + b.covariance[1],
    a.covariance[2] + b.covariance[2] + extra,
  ]);
}

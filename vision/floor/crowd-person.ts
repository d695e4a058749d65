import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { createLooks, type Looks } from './looks.ts';
import type { Appearance, FloorCovariance, FloorPoint } from './sighting.ts';
import {
  beginWalk,
  beliefOf,
  correctWalk,
  predictWalk,
  roundCovariance,
  type Belief,
  type WalkState,
} from './walking-filter.ts';

declare const personBrand: unique symbol;
/** Somebody in the crowd: numbers count up and are never used twice. */
export type PersonId = number & { readonly [personBrand]: never };

/** One sight of one person by one camera. */
export interface Sight {
  readonly atMs: number;
  readonly cameraId: CameraId;
  /** Whom the camera's own tracker takes them for. */
  readonly trackId: TrackId;
  readonly place: FloorPoint;
  readonly covariance: FloorCovariance;
  readonly appearance: Appearance | undefined;
}

/** A person of the crowd. */
export interface CrowdPerson {
  readonly id: PersonId;
  /** Somebody; until then only sights of whom it isn't said yet who they are: a newcomer, or one who was lost. */
  known: boolean;
  readonly bornMs: number;
  state: WalkState;
  /** Where they were, a few seconds back; for comparing with sights that come late. */
  history: { readonly atMs: number; readonly state: WalkState }[];
  /** What each camera saw of them last. */
  cameras: Map<CameraId, { readonly trackId: TrackId; readonly lastMs: number }>;
  /** Whom a stranger is taken for, for now. */
  guess: CrowdPerson | undefined;
  /** How sure that is, in nats. */
  margin: number;
  /** The first sights, while it isn't known who they are. */
  early: Sight[];
  /** The newest sights that tell how they look: only when these fit do they become part of `looks`. */
  recent: Sight[];
  sights: number;
  lastSeenMs: number;
  /** Only while a living camera looked there. */
  unseenSeconds: number;
  /** A camera over the floor has seen them. */
  onFloor: boolean;
  looks: Looks;
}

const HISTORY_MS = 3_000;
/** Errors of one camera's places hang together (its calibration, the assumed height), so they never average out. */
const LASTING_ERROR_METRES = 0.12;
/** Where somebody was when the store was ended, to a step. */
const REMEMBERED_METRES = 0.3;

export function newPerson(id: PersonId, sight: Sight): CrowdPerson {
  const { atMs, place, covariance } = sight;
  return {
    id,
    known: false,
    bornMs: atMs,
    state: beginWalk(atMs / 1000, place, covariance),
    history: [],
    cameras: new Map([[sight.cameraId, { trackId: sight.trackId, lastMs: atMs }]]),
    guess: undefined,
    margin: 0,
    early: [sight],
    recent: [],
    sights: 1,
    lastSeenMs: atMs,
    unseenSeconds: 0,
    onFloor: false,
    looks: createLooks(),
  };
}

/** Somebody of whom an earlier run knew. */
export function rememberedPerson(id: PersonId, place: FloorPoint, lastSeenMs: number): CrowdPerson {
  return {
    id,
    known: true,
    bornMs: lastSeenMs,
    state: beginWalk(lastSeenMs / 1000, place, roundCovariance(REMEMBERED_METRES)),
    history: [],
    cameras: new Map(),
    guess: undefined,
    margin: 0,
    early: [],
    recent: [],
    sights: Infinity, // nobody doubts that they are somebody
    lastSeenMs,
    unseenSeconds: 0,
    onFloor: true,
    looks: createLooks(),
  };
}

/** Moves a person's state on to a sight and takes it in; one that comes late counts as seen now, with the way since as error. */
export function takeSight(person: CrowdPerson, sight: Sight): void {
  const { atMs, cameraId, trackId } = sight;
  const { state, noise } = readyFor(person, sight);
  person.state = correctWalk(state, sight.place, noise);
  person.lastSeenMs = Math.max(person.lastSeenMs, atMs);
  person.unseenSeconds = 0;
  person.sights++;
  person.cameras.set(cameraId, { trackId, lastMs: atMs });
  if (!person.known) person.early.push(sight);
  const newest = person.history.at(-1);
  if (newest !== undefined && newest.atMs >= atMs) person.history.pop();
  person.history.push({ atMs: Math.round(person.state.seconds * 1000), state: person.state });
  while (person.history[0]!.atMs < atMs - HISTORY_MS) person.history.shift();
}

/** The state at a sight's moment, and the sight's error as it counts there. */
export function readyFor(
  person: CrowdPerson,
  { atMs, covariance }: Pick<Sight, 'atMs' | 'covariance'>,
): { state: WalkState; noise: FloorCovariance } {
  const state = predictWalk(person.state, atMs / 1000);
  const lateMetres = Math.max(0, state.seconds - atMs / 1000) * 1.2;
  const extra = LASTING_ERROR_METRES ** 2 + lateMetres ** 2;
  return { state, noise: [covariance[0] + extra, covariance[1], covariance[2] + extra] };
}

/** Takes back what was seen since a moment: it was somebody else. */
export function takeBack(person: CrowdPerson, sinceMs: number): void {
  person.recent = [];
  const before = person.history.filter(({ atMs }) => atMs < sinceMs);
  const last = before.at(-1);
  if (last === undefined) return;
  person.history = before;
  person.state = last.state;
  person.lastSeenMs = last.atMs;
  for (const [cameraId, { lastMs }] of person.cameras) if (lastMs >= sinceMs) person.cameras.delete(cameraId);
}

/** Where a person was at a moment of the last seconds, or probably is at a later one. */
export function beliefAt(person: CrowdPerson, atMs: number): Belief {
  let from: WalkState | undefined;
  for (let index = person.history.length - 1; index >= 0; index--) {
    const entry = person.history[index]!;
    if (entry.atMs <= atMs) {
      from = entry.state;
      break;
    }
  }
  const next = person.history.find((entry) => entry.atMs >= atMs);
  if (from === undefined) return beliefOf(next?.state ?? predictWalk(person.state, atMs / 1000));
  // Between two sights the nearer one in time says more than a prediction from the earlier one.
  if (next !== undefined && next.atMs - atMs < atMs - from.seconds * 1000) return beliefOf(next.state);
  return beliefOf(predictWalk(from, atMs / 1000));
}

/** One was taken for the other: each goes on from where the other was taken to be. */
export function exchange(one: CrowdPerson, other: CrowdPerson): void {
  const { state, history, cameras, lastSeenMs, unseenSeconds } = one;
  one.state = other.state;
  one.history = other.history;
  one.cameras = other.cameras;
  one.lastSeenMs = other.lastSeenMs;
  one.unseenSeconds = other.unseenSeconds;
  one.recent = [];
  Object.assign(other, { state, history, cameras, lastSeenMs, unseenSeconds, recent: [] });
}

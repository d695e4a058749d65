import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { createLooks, type Looks } from './looks.ts';
import type { Appearance, FloorCovariance, FloorPoint, TrackSighting } from './sighting.ts';
import {
  beginWalk,
  beliefOf,
  correctWalk,
  predictWalk,
  type Belief,
  type WalkState,
} from './walking-filter.ts';

declare const personBrand: unique symbol;
/** Somebody in the crowd: numbers count up and are never used twice. */
export type PersonId = number & { readonly [personBrand]: never };

/** One sight of one camera's track. */
export interface Sight {
  readonly atMs: number;
  readonly place: FloorPoint;
  readonly covariance: FloorCovariance;
}

/** A camera's track as the crowd knows it. */
export interface CrowdTrack {
  readonly trackId: TrackId;
  readonly cameraId: CameraId;
  /** Since it last became unclear whose it is; the newest {@link SIGHTS_KEPT_MS} of them. */
  sights: Sight[];
  /** Of the oldest in `sights` ever since. */
  sinceMs: number;
  lastMs: number;
  person: CrowdPerson | undefined;
  /** Whom the camera's own tracker takes it for, while that is in doubt. */
  before: CrowdPerson | undefined;
  /** Sights in a row that were too far from where its person is. */
  astray: number;
  looks: Looks;
  /** How it has looked just now, and since when that is somebody else. */
  recentLooks: Appearance | undefined;
  strange: { readonly sinceMs: number; sights: number } | undefined;
}

/** A person of the crowd. */
export interface CrowdPerson {
  readonly id: PersonId;
  readonly bornMs: number;
  state: WalkState;
  /** Where they were, a few seconds back; for comparing with tracks that began meanwhile. */
  history: { readonly atMs: number; readonly state: WalkState }[];
  tracks: Map<CameraId, CrowdTrack>;
  lastSeenMs: number;
  /** Only while a living camera looked there. */
  unseenSeconds: number;
  /** A camera over the floor has seen them. */
  onFloor: boolean;
  looks: Looks;
}

export const SIGHTS_KEPT_MS = 1_500;
const HISTORY_MS = 3_000;
/** Errors of one camera's places hang together (its calibration, the assumed height), so they never average out. */
const LASTING_ERROR_METRES = 0.12;

export function newPerson(id: PersonId, track: CrowdTrack): CrowdPerson {
  const [first, ...rest] = track.sights;
  const person: CrowdPerson = {
    id,
    bornMs: first!.atMs,
    state: beginWalk(first!.atMs / 1000, first!.place, first!.covariance),
    history: [],
    tracks: new Map(),
    lastSeenMs: first!.atMs,
    unseenSeconds: 0,
    onFloor: false,
    looks: createLooks(),
  };
  for (const sight of rest) takeSight(person, sight);
  return person;
}

/** Moves a person's state on to a sight and takes it in; one that comes late counts as seen now, with the way since as error. */
export function takeSight(person: CrowdPerson, sight: Sight): void {
  const seconds = sight.atMs / 1000;
  const { state, noise } = readyFor(person, sight);
  person.state = correctWalk(state, sight.place, noise);
  person.lastSeenMs = Math.max(person.lastSeenMs, sight.atMs);
  person.unseenSeconds = 0;
  const newest = person.history.at(-1);
  if (newest !== undefined && newest.atMs >= sight.atMs) person.history.pop();
  person.history.push({
    atMs: Math.round(Math.max(seconds, person.state.seconds) * 1000),
    state: person.state,
  });
  while (person.history[0]!.atMs < sight.atMs - HISTORY_MS) person.history.shift();
}

/** The state at a sight's moment, and the sight's error as it counts there. */
export function readyFor(
  person: CrowdPerson,
  { atMs, covariance }: Sight,
): { state: WalkState; noise: FloorCovariance } {
  const state = predictWalk(person.state, atMs / 1000);
  const lateMetres = Math.max(0, state.seconds - atMs / 1000) * 1.2;
  const extra = LASTING_ERROR_METRES ** 2 + lateMetres ** 2;
  return { state, noise: [covariance[0] + extra, covariance[1], covariance[2] + extra] };
}

/** Takes back what was seen since a moment: it was somebody else. */
export function takeBack(person: CrowdPerson, sinceMs: number): void {
  const before = person.history.filter(({ atMs }) => atMs < sinceMs);
  const last = before.at(-1);
  if (last === undefined) return;
  person.history = before;
  person.state = last.state;
  person.lastSeenMs = last.atMs;
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
  if (from === undefined) return beliefOf(next?.state ?? person.state);
  // Between two sights the nearer one in time says more than a prediction from the earlier one.
  if (next !== undefined && next.atMs - atMs < atMs - from.seconds * 1000) return beliefOf(next.state);
  return beliefOf(predictWalk(from, atMs / 1000));
}

export function sightOf(atMs: number, { place, covariance }: TrackSighting): Sight {
  return { atMs, place, covariance };
}

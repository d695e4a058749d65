import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { beliefAt, type CrowdPerson, type PersonId } from './crowd-person.ts';
import type { CameraSighting, FloorPoint } from './sighting.ts';
import type { WalkingMetres } from './walking-distance.ts';

export interface CrowdOptions {
  /** How many people begin on a square metre: many inside a door, few in the middle of the floor. */
  readonly newcomersAt: (place: FloorPoint) => number;
  /** Only a living camera that looks there can miss somebody. */
  readonly isDark: (place: FloorPoint) => boolean;
  /** Door cameras see people who may never come in. */
  readonly isOverFloor: (cameraId: CameraId) => boolean;
  readonly walkingMetres: WalkingMetres;
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
 * within half a second.
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

/** @param stranger whom the person is taken for just now, while they themselves are out of sight */
export function viewOf(
  person: CrowdPerson,
  stranger: CrowdPerson | undefined,
  thoughtToMs: number,
  isMixedUp: boolean,
): PersonView {
  const seen = stranger ?? person;
  const { place, covariance, velocity } = beliefAt(seen, Math.max(thoughtToMs, seen.lastSeenMs));
  return {
    personId: person.id,
    place,
    velocity,
    accuracyMetres: Math.sqrt((covariance[0] + covariance[2]) / 2),
    lastSeenMs: Math.max(person.lastSeenMs, seen.lastSeenMs),
    lastPlace: seen.state.place,
    bornMs: person.bornMs,
    onFloor: person.onFloor,
    mixedUp: stranger !== undefined || isMixedUp,
  };
}

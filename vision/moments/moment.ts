import type { CameraId, SubjectKey, TrackId } from '../../runtime/ids.ts';
import type { FloorPoint, TrackSighting } from '../floor/sighting.ts';

/** What a camera's worker says, in words. Plain data: it crosses threads. No pixels except in `picture`. */
export type Moment =
  | { kind: 'camera-connected'; cameraId: CameraId; atMs: number; width: number; height: number }
  | { kind: 'camera-lost'; cameraId: CameraId; atMs: number; reason: CameraLossReason; detail: string }
  | { kind: 'camera-recovered'; cameraId: CameraId; atMs: number; downSeconds: number; attempts: number }
  /** A person crossed the entrance line inwards. */
  | { kind: 'entered'; cameraId: CameraId; trackId: TrackId; atMs: number; inLane: boolean }
  /** A person inside the lane is a consenting member. At most one a track. May come before or after `entered`. */
  | {
      kind: 'identified';
      cameraId: CameraId;
      trackId: TrackId;
      atMs: number;
      subjectKey: SubjectKey;
      decision: Accepted;
    }
  /** The track is gone: nothing about it is kept. */
  | { kind: 'track-ended'; cameraId: CameraId; trackId: TrackId; atMs: number }
  /** What the worker sees just now, for the live picture; never written anywhere. */
  | {
      kind: 'overlay';
      cameraId: CameraId;
      atMs: number;
      faces: OverlayFace[];
      framesPerSecond: number;
      dropped: number;
    }
  /**
   * Where the people are whom a ceiling camera sees, each time it has looked for them; empty says that it looked and saw
   * nobody. `ended` are tracks that never come back.
   */
  | { kind: 'tracks'; cameraId: CameraId; atMs: number; tracks: TrackSighting[]; ended: TrackId[] }
  /** What a ceiling camera sees just now, for the live picture; never written anywhere. */
  | {
      kind: 'floor-overlay';
      cameraId: CameraId;
      atMs: number;
      people: OverlayPerson[];
      framesPerSecond: number;
      dropped: number;
    }
  /** The live picture, at most a few a second; faces of everyone but recognised members are made unrecognisable. */
  | { kind: 'picture'; cameraId: CameraId; atMs: number; jpeg: Uint8Array };

export type CameraLossReason = 'error' | 'end-of-stream' | 'stalled' | 'unreachable';

export interface Accepted {
  network: string;
  distance: number;
  margin: number;
  threshold: number;
  frames: number;
}

/** Why a face inside the lane is not (yet) somebody. */
export type UndecidedReason = 'gathering' | 'too-far' | 'ambiguous' | 'poor-quality' | 'no-members';

export interface OverlayPerson {
  trackId: TrackId;
  /** Pixels of the frame: left, top, right, bottom. */
  boxXyxy: [number, number, number, number];
  /** Metres on the floor plan; null where it can't be said. */
  place: FloorPoint | null;
}

export interface OverlayFace {
  trackId: TrackId;
  /** Pixels of the frame: left, top, right, bottom. */
  boxXyxy: [number, number, number, number];
  inLane: boolean;
  state:
    | { kind: 'anonymous' }
    | { kind: 'undecided'; reason: UndecidedReason; distance?: number; margin?: number }
    | { kind: 'member'; subjectKey: SubjectKey; distance: number };
}

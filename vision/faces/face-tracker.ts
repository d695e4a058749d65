import { newTrackId, type TrackId } from '../../runtime/ids.ts';
import type { Face } from './face.ts';
import { boxCentre, boxWidth, intersectionOverUnion, type BoxXyxy, type Point } from './geometry.ts';

export interface FaceTrackerOptions {
  /** A face that isn't seen for so long is gone. Longer bridges blinks of the detector, shorter forgets sooner. */
  readonly patienceSeconds?: number;
  /** Seen for so long before it counts as somebody: a detector's one-frame mistakes never become a person. */
  readonly confirmSeconds?: number;
}

/** One person's face in one camera's picture for a while. */
export interface FaceTrack {
  readonly trackId: TrackId;
  readonly boxXyxy: BoxXyxy;
  readonly face: Face;
  /** Stream time of the first and the latest sight. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly confirmed: boolean;
  /** How far the face moves a second, in pixels. */
  readonly velocity: Point;
}

export interface TrackedFrame {
  /** Tracks that have a face in this frame. */
  readonly seen: readonly FaceTrack[];
  /** Tracks whose face wasn't found in this frame, with the box where it is expected; they may come back. */
  readonly unseen: readonly FaceTrack[];
  /** Tracks that were given up with this frame; only confirmed ones are told. */
  readonly ended: readonly FaceTrack[];
}

export interface FaceTracker {
  /** @param streamSeconds time of the frame on the stream's own clock; never falls */
  update(faces: readonly Face[], streamSeconds: number): TrackedFrame;
  /** Ends all tracks, as when the stream breaks off. */
  endAll(): readonly FaceTrack[];
}

/** A face may have moved by so many of its widths from where it was expected and still be the same one. */
const REACH_IN_WIDTHS = 0.9;
/** A face changes its size slowly: more than this factor between two sights is another face. */
const SIZE_FACTOR = 1.6;
/** Share of the newly measured velocity; the rest is memory. Half answers to a turn within two or three sights. */
const VELOCITY_GAIN = 0.5;

interface LiveTrack {
  trackId: TrackId;
  boxXyxy: BoxXyxy;
  face: Face;
  firstSeconds: number;
  lastSeconds: number;
  confirmed: boolean;
  velocity: Point;
}

/**
 * Joins the faces of successive frames to tracks: each track expects its face where its motion leads, and the closest
 * pairs are joined first (greedy; at a door there are few faces). Time is counted in seconds, so that a camera that drops
 * frames and one that doesn't give the same tracks.
 */
export function createFaceTracker({
  patienceSeconds = 0.8,
  confirmSeconds = 0.12,
}: FaceTrackerOptions = {}): FaceTracker {
  let tracks: LiveTrack[] = [];

  const giveUp = (isOver: (track: LiveTrack) => boolean): FaceTrack[] => {
    const over = tracks.filter(isOver);
    tracks = tracks.filter((track) => !isOver(track));
    return over.filter((track) => track.confirmed);
  };

  return {
    update(faces, streamSeconds) {
      const pairs = tracks
        .flatMap((track) => {
          const expected = expectedBox(track, streamSeconds);
          return faces.map((face) => ({ track, face, closeness: closeness(expected, face.boxXyxy) }));
        })
        .filter((pair) => pair.closeness > 0)
        .sort((one, other) => other.closeness - one.closeness);
      const seen: FaceTrack[] = [];
      const taken = new Set<Face | LiveTrack>();
      for (const { track, face } of pairs) {
        if (taken.has(track) || taken.has(face)) continue;
        taken.add(track).add(face);
        follow(track, face, streamSeconds);
        track.confirmed ||= streamSeconds - track.firstSeconds >= confirmSeconds;
        seen.push({ ...track });
      }
      for (const face of faces) {
        if (taken.has(face)) continue;
        const track: LiveTrack = {
          trackId: newTrackId(),
          boxXyxy: face.boxXyxy,
          face,
          firstSeconds: streamSeconds,
          lastSeconds: streamSeconds,
          confirmed: confirmSeconds <= 0,
          velocity: [0, 0],
        };
        tracks.push(track);
        seen.push({ ...track });
      }
      const ended = giveUp((track) => streamSeconds - track.lastSeconds > patienceSeconds);
      const unseen = tracks
        .filter((track) => track.lastSeconds !== streamSeconds)
        .map((track) => ({ ...track, boxXyxy: expectedBox(track, streamSeconds) }));
      return { seen, unseen, ended };
    },
    endAll: () => giveUp(() => true),
  };
}

function follow(track: LiveTrack, face: Face, streamSeconds: number): void {
  const elapsed = streamSeconds - track.lastSeconds;
  if (elapsed > 0) {
    const [x, y] = boxCentre(face.boxXyxy);
    const [beforeX, beforeY] = boxCentre(track.boxXyxy);
    const gain = track.lastSeconds === track.firstSeconds ? 1 : VELOCITY_GAIN;
    track.velocity = [
      track.velocity[0] + gain * ((x - beforeX) / elapsed - track.velocity[0]),
      track.velocity[1] + gain * ((y - beforeY) / elapsed - track.velocity[1]),
    ];
  }
  track.boxXyxy = face.boxXyxy;
  track.face = face;
  track.lastSeconds = streamSeconds;
}

function expectedBox(track: LiveTrack, streamSeconds: number): BoxXyxy {
  const elapsed = streamSeconds - track.lastSeconds;
  const [dx, dy] = [track.velocity[0] * elapsed, track.velocity[1] * elapsed];
  const [left, top, right, bottom] = track.boxXyxy;
  return [left + dx, top + dy, right + dx, bottom + dy];
}

/** 0: can't be the same face. Overlap counts, and without overlap nearness does, as when few frames a second come. */
function closeness(expected: BoxXyxy, found: BoxXyxy): number {
  const ratio = boxWidth(expected) / boxWidth(found);
  if (ratio > SIZE_FACTOR || ratio < 1 / SIZE_FACTOR) return 0;
  const [x, y] = boxCentre(expected);
  const [u, v] = boxCentre(found);
  const widths = Math.hypot(x - u, y - v) / Math.max(boxWidth(expected), boxWidth(found));
  if (widths > REACH_IN_WIDTHS) return 0;
  return intersectionOverUnion(expected, found) + (1 - widths / REACH_IN_WIDTHS);
}

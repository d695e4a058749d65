import { intersectionOverUnion, type BoxXyxy } from '../../faces/geometry.ts';
import { assign } from '../assignment.ts';

// ByteTrack as published, to be measured against: Y. Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every
// Detection Box, ECCV 2022, with the parameters and the order of steps of the authors' code (github.com/ifzhang/ByteTrack,
// yolox/tracker). It counts frames. It isn't part of the product.

export interface ByteTrackDetection {
  readonly boxXyxy: BoxXyxy;
  readonly score: number;
}

export interface ByteTrackResult {
  readonly id: number;
  readonly boxXyxy: BoxXyxy;
  readonly score: number;
}

export interface ByteTrackSettings {
  readonly trackThreshold: number;
  readonly matchThreshold: number;
  readonly bufferFrames: number;
}

export const BYTE_TRACK_DEFAULTS: ByteTrackSettings = {
  trackThreshold: 0.6,
  matchThreshold: 0.8,
  bufferFrames: 30,
};

const LOW_THRESHOLD = 0.1;
const LOW_MATCH_THRESHOLD = 0.5;
const UNCONFIRMED_MATCH_THRESHOLD = 0.7;
const DUPLICATE_DISTANCE = 0.15;
const POSITION_WEIGHT = 1 / 20;
const VELOCITY_WEIGHT = 1 / 160;

interface Track {
  readonly id: number;
  /** x, y, aspect, height: value, velocity, and their variances and covariance. */
  readonly axes: Float64Array[];
  readonly startFrame: number;
  endFrame: number;
  score: number;
  state: 'tracked' | 'lost' | 'removed';
  activated: boolean;
  boxXyxy: BoxXyxy;
}

/** @returns a function that takes the boxes of the next frame and gives the tracks of it */
export function createByteTrack(
  settings: ByteTrackSettings = BYTE_TRACK_DEFAULTS,
): (detections: readonly ByteTrackDetection[]) => ByteTrackResult[] {
  let frame = 0;
  let nextId = 1;
  let tracks: Track[] = [];

  const join = (
    candidates: readonly Track[],
    detections: readonly ByteTrackDetection[],
    threshold: number,
    fuseScore: boolean,
  ): { tracks: Track[]; detections: ByteTrackDetection[] } => {
    const costs = new Float64Array(candidates.length * detections.length);
    candidates.forEach((track, row) =>
      detections.forEach(({ boxXyxy, score }, column) => {
        const overlap = intersectionOverUnion(track.boxXyxy, boxXyxy);
        costs[row * detections.length + column] = 1 - (fuseScore ? overlap * score : overlap);
      }),
    );
    const { columnOfRow, rowOfColumn } = assign(costs, candidates.length, detections.length, threshold);
    candidates.forEach((track, row) => {
      const detection = detections[columnOfRow[row]!];
      if (!detection) return;
      correct(track, detection.boxXyxy);
      track.endFrame = frame;
      track.score = detection.score;
      track.state = 'tracked';
      track.activated = true;
    });
    return {
      tracks: candidates.filter((_, row) => columnOfRow[row] === -1),
      detections: detections.filter((_, column) => rowOfColumn[column] === -1),
    };
  };

  return (detections) => {
    frame++;
    const high = detections.filter(({ score }) => score > settings.trackThreshold);
    const low = detections.filter(({ score }) => score > LOW_THRESHOLD && score < settings.trackThreshold);
    const unconfirmed = tracks.filter(({ activated, state }) => !activated && state === 'tracked');
    const pool = tracks.filter(({ activated }) => activated);
    tracks.forEach(predict);
    const afterHigh = join(pool, high, settings.matchThreshold, true);
    const stillTracked = afterHigh.tracks.filter(({ state }) => state === 'tracked');
    for (const track of join(stillTracked, low, LOW_MATCH_THRESHOLD, false).tracks) track.state = 'lost';
    const afterUnconfirmed = join(unconfirmed, afterHigh.detections, UNCONFIRMED_MATCH_THRESHOLD, true);
    for (const track of afterUnconfirmed.tracks) track.state = 'removed';
    for (const { boxXyxy, score } of afterUnconfirmed.detections) {
      if (score < settings.trackThreshold + 0.1) continue;
      tracks.push({
        id: nextId++,
        axes: begin(boxXyxy),
        startFrame: frame,
        endFrame: frame,
        score,
        state: 'tracked',
        activated: frame === 1,
        boxXyxy,
      });
    }
    for (const track of tracks) {
      if (track.state === 'lost' && frame - track.endFrame > settings.bufferFrames) track.state = 'removed';
    }
    removeDuplicates(tracks);
    tracks = tracks.filter(({ state }) => state !== 'removed');
    return tracks
      .filter(({ state, activated }) => state === 'tracked' && activated)
      .map(({ id, boxXyxy, score }) => ({ id, boxXyxy, score }));
  };
}

/** Boxes that the authors' evaluation leaves out: tiny ones, and ones that lie rather than stand. */
export function isWritten({ boxXyxy: [left, top, right, bottom] }: ByteTrackResult): boolean {
  const [width, height] = [right - left, bottom - top];
  return width * height > 100 && width / height <= 1.6;
}

function begin([left, top, right, bottom]: BoxXyxy): Float64Array[] {
  const height = bottom - top;
  const [place, speed] = [2 * POSITION_WEIGHT * height, 10 * VELOCITY_WEIGHT * height];
  const axis = (value: number, deviation: number, velocityDeviation: number): Float64Array =>
    Float64Array.of(value, 0, deviation ** 2, 0, velocityDeviation ** 2);
  return [
    axis((left + right) / 2, place, speed),
    axis((top + bottom) / 2, place, speed),
    axis((right - left) / height, 1e-2, 1e-5),
    axis(height, place, speed),
  ];
}

function predict(track: Track): void {
  const height = track.axes[3]![0]!;
  // The authors don't let the height of a lost track go on growing or shrinking.
  if (track.state !== 'tracked') track.axes[3]![1] = 0;
  track.axes.forEach((axis, index) => {
    const place = index === 2 ? 1e-2 : POSITION_WEIGHT * height;
    const speed = index === 2 ? 1e-5 : VELOCITY_WEIGHT * height;
    axis[0]! += axis[1]!;
    axis[2]! += 2 * axis[3]! + axis[4]! + place ** 2;
    axis[3]! += axis[4]!;
    axis[4]! += speed ** 2;
  });
  track.boxXyxy = boxOf(track);
}

function correct(track: Track, [left, top, right, bottom]: BoxXyxy): void {
  const height = track.axes[3]![0]!;
  const measured = [(left + right) / 2, (top + bottom) / 2, (right - left) / (bottom - top), bottom - top];
  track.axes.forEach((axis, index) => {
    const variance = (index === 2 ? 1e-1 : POSITION_WEIGHT * height) ** 2;
    const [own, covariance] = [axis[2]!, axis[3]!];
    const error = measured[index]! - axis[0]!;
    const whole = own + variance;
    axis[0]! += (own / whole) * error;
    axis[1]! += (covariance / whole) * error;
    axis[2] = own - (own * own) / whole;
    axis[3] = covariance - (own * covariance) / whole;
    axis[4]! -= (covariance * covariance) / whole;
  });
  track.boxXyxy = boxOf(track);
}

function boxOf({ axes }: Track): BoxXyxy {
  const [x, y, aspect, height] = axes.map((axis) => axis[0]!) as [number, number, number, number];
  const width = aspect * height;
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** Of a tracked and a lost track in one place, the younger goes. */
function removeDuplicates(tracks: readonly Track[]): void {
  const lost = tracks.filter(({ state }) => state === 'lost');
  if (lost.length === 0) return;
  for (const one of tracks) {
    if (one.state !== 'tracked') continue;
    for (const other of lost) {
      if (intersectionOverUnion(one.boxXyxy, other.boxXyxy) <= 1 - DUPLICATE_DISTANCE) continue;
      const [age, otherAge] = [one.endFrame - one.startFrame, other.endFrame - other.startFrame];
      (age > otherAge ? other : one).state = 'removed';
    }
  }
}

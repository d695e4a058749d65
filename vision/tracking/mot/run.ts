import type { BoxXyxy } from '../../faces/geometry.ts';
import { createByteTrack, isWritten, type ByteTrackSettings } from '../baseline/byte-track.ts';
import { createTracker } from '../tracker.ts';
import type { TrackerSettings } from '../tracker-settings.ts';
import type { MotSequence } from './mot-sequence.ts';
import type { MotRow } from './mot-table.ts';

/** A detection of a sequence, as both trackers take it. */
export interface SequenceDetection {
  readonly boxXyxy: BoxXyxy;
  readonly score: number;
}

export interface TrackedSequence {
  readonly rows: readonly MotRow[];
  /** Mean time of one picture, in milliseconds, without reading and writing. */
  readonly msPerFrame: number;
}

/** Our tracker as the shop uses it: only confirmed people, nothing told afterwards. */
export function trackSequence(
  sequence: MotSequence,
  framesPerSecond: number,
  settings: Partial<TrackerSettings> = {},
): TrackedSequence {
  const tracker = createTracker<SequenceDetection>(settings);
  const numbers = new Map<string, number>();
  return runOver(sequence, (detections, frame) =>
    tracker
      .update(detections, frame / framesPerSecond)
      .seen.flatMap(({ trackId, boxXyxy, score, confirmed }) => {
        if (!confirmed) return [];
        const id = numbers.get(trackId) ?? numbers.size + 1;
        numbers.set(trackId, id);
        return [{ id, boxXyxy, score }];
      }),
  );
}

/** ByteTrack as published, on the same boxes. */
export function byteTrackSequence(sequence: MotSequence, settings: ByteTrackSettings): TrackedSequence {
  const update = createByteTrack(settings);
  return runOver(sequence, (detections) => update(detections).filter(isWritten));
}

/** The sequence as a camera with so many times fewer pictures a second gives it. */
export function everyNth(sequence: MotSequence, nth: number): MotSequence {
  if (nth === 1) return sequence;
  const thin = (rows: readonly MotRow[]): MotRow[] =>
    rows
      .filter(({ frame }) => (frame - 1) % nth === 0)
      .map((row) => ({ ...row, frame: (row.frame - 1) / nth + 1 }));
  return {
    ...sequence,
    frameCount: Math.ceil(sequence.frameCount / nth),
    framesPerSecond: sequence.framesPerSecond && sequence.framesPerSecond / nth,
    detections: thin(sequence.detections),
    truth: thin(sequence.truth),
  };
}

function runOver(
  { detections, frameCount }: MotSequence,
  update: (
    detections: readonly SequenceDetection[],
    frame: number,
  ) => readonly { readonly id: number; readonly boxXyxy: BoxXyxy; readonly score: number }[],
): TrackedSequence {
  const frames: SequenceDetection[][] = Array.from({ length: frameCount }, () => []);
  for (const { frame, boxXyxy, confidence } of detections) {
    frames[frame - 1]?.push({ boxXyxy, score: confidence });
  }
  const rows: MotRow[] = [];
  let spentMs = 0;
  frames.forEach((found, index) => {
    const startedAtMs = performance.now();
    const told = update(found, index + 1);
    spentMs += performance.now() - startedAtMs;
    for (const { id, boxXyxy, score } of told) {
      rows.push({ frame: index + 1, id, boxXyxy, confidence: score, classNumber: undefined });
    }
  });
  return { rows, msPerFrame: spentMs / Math.max(1, frameCount) };
}

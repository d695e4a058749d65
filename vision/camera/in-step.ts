import type { FrameTimes } from './frame-time.ts';

/**
 * When each frame of a file is due that plays in step with others: all of them are taken to have begun at 1970-01-01 UTC
 * and to begin again after the same period, so cameras that know nothing of each other show the same moment, and a store
 * that was away for a while joins in where the others are.
 */
export interface InStep {
  /** Where in the file it is now, seconds. */
  positionNow(): number;
  /** The period is over: it is time to begin again. */
  isOver(): boolean;
  /** The file begins again: its frames belong to the next period. */
  rewind(): void;
  /** UTC at which the frame at this position of the file is due, in the period that is being played. */
  dueMs(mediaSeconds: number): number;
  /** Milliseconds until then; negative when late. */
  msUntil(mediaSeconds: number): number;
}

const SMALLEST_STEP_MS = 0.001;

/** @param now the wall clock, milliseconds since 1970 */
export function createInStep(periodSeconds: number, now: () => number = Date.now): InStep {
  const periodMs = periodSeconds * 1000;
  let startMs: number | undefined;
  const start = (): number => (startMs ??= Math.floor(now() / periodMs) * periodMs);
  const dueMs = (mediaSeconds: number): number => start() + mediaSeconds * 1000;
  return {
    positionNow: () => (now() - start()) / 1000,
    isOver: () => now() >= start() + periodMs,
    rewind() {
      // A file may be a little shorter than the period; one that could not keep up skips whole periods.
      startMs = Math.max(start() + periodMs, Math.floor(now() / periodMs) * periodMs);
    },
    dueMs,
    msUntil: (mediaSeconds) => dueMs(mediaSeconds) - now(),
  };
}

/** Times of a file that plays in step: every frame is dated exactly when it is due. */
export function createInStepTimes(inStep: InStep): FrameTimes {
  let firstMs: number | undefined;
  let lastMs = -Infinity;
  return {
    of(sample) {
      const mediaSeconds = sample.streamSeconds ?? 0;
      lastMs = Math.max(inStep.dueMs(mediaSeconds), lastMs + SMALLEST_STEP_MS);
      firstMs ??= lastMs;
      return { capturedAtMs: lastMs, streamSeconds: (lastMs - firstMs) / 1000, mediaSeconds };
    },
    rewind: () => undefined,
  };
}

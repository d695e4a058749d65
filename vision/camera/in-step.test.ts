import { describe, expect, test } from 'vitest';
import { createInStep, createInStepTimes } from './in-step.ts';
import type { VideoSample } from '../gstreamer/app-sink.ts';
import type { CaptureClock } from '../gstreamer/clock.ts';

const HOUR_MS = 3_600_000;
/** A wall clock that is set by hand. */
function clockAt(startMs: number): { now: () => number; set: (ms: number) => void } {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set: (ms) => {
      nowMs = ms;
    },
  };
}

describe('files that play in step', () => {
  test('are at the same position, whenever each of them was opened', () => {
    const clock = clockAt(1_000_000_000_000 + 61_234);
    const first = createInStep(165, clock.now);
    const position = first.positionNow();
    clock.set(clock.now() + 40_000);
    const second = createInStep(165, clock.now);
    expect(first.positionNow()).toBeCloseTo(position + 40, 6);
    expect(second.positionNow()).toBeCloseTo(first.positionNow() % 165, 6);
    expect(second.dueMs(12)).toBe(createInStep(165, clock.now).dueMs(12));
  });

  test('do not drift: after an hour of loops the frames are due at the same moments still', () => {
    const clock = clockAt(165_000 * 1000);
    const inStep = createInStep(165, clock.now);
    expect(inStep.dueMs(0)).toBe(165_000 * 1000);
    for (let loop = 1; loop * 165_000 < HOUR_MS; loop++) {
      // The end of the file is noticed late, each time by another while.
      clock.set(165_000 * (1000 + loop) + 7 * loop);
      expect(inStep.isOver()).toBe(true);
      inStep.rewind();
      expect(inStep.dueMs(0)).toBe(165_000 * (1000 + loop));
    }
  });

  test('begin again with the others, when this one was away for more than a period', () => {
    const clock = clockAt(0);
    const inStep = createInStep(10, clock.now);
    inStep.positionNow();
    clock.set(57_000);
    inStep.rewind();
    expect(inStep.positionNow()).toBe(7);
    expect(inStep.msUntil(8)).toBe(1000);
    expect(inStep.msUntil(6)).toBe(-1000);
  });

  test('have frames that are dated when they are due, ascending over the end of the file', () => {
    const clock = clockAt(10_000_000);
    const inStep = createInStep(10, clock.now);
    const times = createInStepTimes(inStep);
    const at = (streamSeconds: number) => times.of({ streamSeconds } as VideoSample, {} as CaptureClock);
    expect(at(0.5)).toEqual({ capturedAtMs: 10_000_500, streamSeconds: 0, mediaSeconds: 0.5 });
    expect(at(9.9)).toMatchObject({ capturedAtMs: 10_009_900, mediaSeconds: 9.9 });
    inStep.rewind();
    expect(at(0)).toMatchObject({ capturedAtMs: 10_010_000, streamSeconds: 9.5, mediaSeconds: 0 });
  });
});

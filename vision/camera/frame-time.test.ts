import { describe, expect, test } from 'vitest';
import type { VideoSample } from '../gstreamer/app-sink.ts';
import { createFastTimes, createLiveTimes, type FrameTimes } from './frame-time.ts';

type Times = Partial<Pick<VideoSample, 'clockSeconds' | 'streamSeconds' | 'ntpUtcMs'>>;

/** A sample that has times only. */
function sampleAt(times: Times): VideoSample {
  return {
    caps: { format: 'RGB', width: 64, height: 64, framesPerSecond: undefined },
    bytes: new Uint8Array(),
    ptsSeconds: undefined,
    runningSeconds: undefined,
    streamSeconds: undefined,
    clockSeconds: undefined,
    ntpUtcMs: undefined,
    release: () => undefined,
    ...times,
  };
}
/** The machine's clock began at UTC 1,000,000 ms and shows 100 s. */
const clock = { nowSeconds: () => 100, utcMs: (seconds: number) => 1_000_000 + seconds * 1000 };
const captured = (frames: FrameTimes, samples: Times[]) =>
  samples.map((times) => Math.round(frames.of(sampleAt(times), clock).capturedAtMs));

describe('a live camera', () => {
  test('is dated by the clock of the machine', () => {
    expect(captured(createLiveTimes(), [{ clockSeconds: 90 }, { clockSeconds: 90.5 }])).toEqual([
      1_090_000, 1_090_500,
    ]);
  });

  test('is dated by its own clock when that is near, not when it was never set', () => {
    const samples = [
      { clockSeconds: 90, ntpUtcMs: 1_089_950 },
      { clockSeconds: 91, ntpUtcMs: 5_000 },
    ];
    expect(captured(createLiveTimes(), samples)).toEqual([1_089_950, 1_091_000]);
  });

  test('is never dated into the future', () => {
    const samples = [{ clockSeconds: 100.4 }, { clockSeconds: 99, ntpUtcMs: 1_099_400 }];
    expect(captured(createLiveTimes(), samples.slice(0, 1))).toEqual([1_100_000]);
    expect(captured(createLiveTimes(), [{ clockSeconds: 100, ntpUtcMs: 1_100_300 }])).toEqual([1_100_000]);
  });

  test('never goes back, also when its clock does', () => {
    const times = createLiveTimes();
    const [first, second] = [90, 89.9].map((clockSeconds) => times.of(sampleAt({ clockSeconds }), clock));
    expect(second?.capturedAtMs).toBeGreaterThan(first?.capturedAtMs ?? Infinity);
    expect(second?.streamSeconds).toBeGreaterThan(first?.streamSeconds ?? Infinity);
  });
});

test('a file read at pace fast is dated by its own time, and goes on ascending when it begins again', () => {
  const times = createFastTimes(7_000_000);
  const loop = () => [0, 0.25, 0.5].map((streamSeconds) => times.of(sampleAt({ streamSeconds }), clock));
  const first = loop();
  times.rewind();
  const frames = [...first, ...loop()];
  expect(frames.map(({ mediaSeconds }) => mediaSeconds)).toEqual([0, 0.25, 0.5, 0, 0.25, 0.5]);
  expect(frames.map(({ streamSeconds }) => streamSeconds)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25]);
  expect(frames.map(({ capturedAtMs }) => capturedAtMs - 7_000_000)).toEqual([0, 250, 500, 750, 1000, 1250]);
});

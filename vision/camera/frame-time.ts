import type { VideoSample } from '../gstreamer/app-sink.ts';
import type { CaptureClock } from '../gstreamer/clock.ts';

/** The three times of a frame. */
export interface FrameTime {
  /** UTC, milliseconds since 1970. */
  readonly capturedAtMs: number;
  /** Seconds since the camera's first frame; ascends over reconnects and loops. */
  readonly streamSeconds: number;
  /** Position within the file (begins again with each loop); the same as `streamSeconds` for a live camera. */
  readonly mediaSeconds: number;
}

export interface FrameTimes {
  /** The times of the next frame, always later than the one before. */
  of(sample: VideoSample, clock: CaptureClock): FrameTime;
  /** A file begins again: its positions go on from here on the stream's clock. */
  rewind(): void;
}

/** An NTP time of the camera that is further from this machine's clock is a camera whose clock was never set. */
const NTP_TRUST_MS = 500;
const SMALLEST_STEP_SECONDS = 1e-6;

/**
 * Times of live sources and of files that play like one: taken from the pipeline's clock at the moment of capture, or from
 * the camera's own NTP clock when it tells (RTCP sender reports) and is near ours.
 */
export function createLiveTimes(): FrameTimes {
  let startSeconds: number | undefined;
  const ascending = createAscending();
  return {
    of(sample, clock) {
      const nowSeconds = clock.nowSeconds();
      // A network source whose first packet came late dates the following ones into the future until it has settled.
      const clockSeconds = Math.min(sample.clockSeconds ?? nowSeconds, nowSeconds);
      startSeconds = startSeconds ?? clockSeconds;
      const nowMs = clock.utcMs(nowSeconds);
      const localMs = clock.utcMs(clockSeconds);
      const cameraMs = sample.ntpUtcMs ?? localMs;
      const trusted = Math.abs(cameraMs - localMs) < NTP_TRUST_MS;
      const time = ascending(trusted ? Math.min(cameraMs, nowMs) : localMs, clockSeconds - startSeconds);
      return { ...time, mediaSeconds: sample.streamSeconds ?? time.streamSeconds };
    },
    rewind: () => undefined,
  };
}

/**
 * Times of a file at pace `fast`: as if it had begun to play at `startedAtMs` and played at its own pace, however fast it
 * is really read. So results do not depend on the machine.
 */
export function createFastTimes(startedAtMs: number): FrameTimes {
  let loopStartSeconds = 0;
  let endSeconds = 0;
  let stepSeconds = 0;
  let lastMediaSeconds: number | undefined;
  const ascending = createAscending();
  return {
    of(sample) {
      const mediaSeconds = sample.streamSeconds ?? endSeconds - loopStartSeconds;
      if (lastMediaSeconds !== undefined) stepSeconds = mediaSeconds - lastMediaSeconds;
      lastMediaSeconds = mediaSeconds;
      const streamSeconds = loopStartSeconds + mediaSeconds;
      endSeconds = streamSeconds + stepSeconds;
      return { ...ascending(startedAtMs + streamSeconds * 1000, streamSeconds), mediaSeconds };
    },
    rewind() {
      loopStartSeconds = endSeconds;
      lastMediaSeconds = undefined;
    },
  };
}

function createAscending(): (
  capturedAtMs: number,
  streamSeconds: number,
) => Pick<FrameTime, 'capturedAtMs' | 'streamSeconds'> {
  let lastMs = -Infinity;
  let lastSeconds = -Infinity;
  return (capturedAtMs, streamSeconds) => {
    lastMs = Math.max(capturedAtMs, lastMs + SMALLEST_STEP_SECONDS * 1000);
    lastSeconds = Math.max(streamSeconds, lastSeconds + SMALLEST_STEP_SECONDS);
    return { capturedAtMs: lastMs, streamSeconds: lastSeconds };
  };
}

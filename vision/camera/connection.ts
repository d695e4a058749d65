import type { VideoSample } from '../gstreamer/app-sink.ts';
import { requireElements } from '../gstreamer/elements.ts';
import { openPipeline, type Pipeline } from '../gstreamer/pipeline.ts';
import type { VideoCaps } from '../gstreamer/video-caps.ts';
import type { CameraLoss } from './camera-state.ts';
import type { InStep } from './in-step.ts';
import { isRefusal, lossFromError } from './loss.ts';
import {
  ELEMENT,
  isPaced,
  pipelineRecipe,
  type CameraConfig,
  type CameraLogin,
  type FrameSource,
} from './pipeline-recipe.ts';

/** One pipeline of a camera, from its start until it ends for whatever reason. */
export interface Connection {
  readonly pipeline: Pipeline;
  /** What has happened; waits natively for a frame for at most 10 ms. */
  next(): ConnectionStep;
  /** The source's own picture, before it is scaled. */
  nativeCaps(): VideoCaps | undefined;
  /** Frames that were dropped for newer ones, since the connection began. Never too many; may be late by one. */
  dropped(): number;
  /** The consumer was away until now: silence counts from here. */
  resume(): void;
  close(): Promise<boolean>;
}

type ConnectionStep =
  | { readonly kind: 'frame'; readonly sample: VideoSample }
  | { readonly kind: 'waiting' }
  /** A looping file begins again. */
  | { readonly kind: 'rewound' }
  | ({ readonly kind: 'ended' } & ConnectionEnd);

export interface ConnectionEnd {
  readonly loss: CameraLoss;
  /** The login was refused: cameras lock an account that is tried too often. */
  readonly refused: boolean;
}

/** The thread stands still for so long at a time, and then hears its messages and timers. */
const PULL_WAIT_MS = 10;
/** A camera may take longer for its first frame (login, key frame) than between two. */
const FIRST_FRAME_SECONDS = 10;
/** A file that plays in step and is so late jumps; key frames of rendered videos are two seconds apart. */
const CATCH_UP_MS = 3000;
/** Stopping a network source that is silent takes until its time-out; the rest then happens in the background. */
const CLOSE_TIMEOUT_MS = 2000;
const STILL = new Int32Array(new SharedArrayBuffer(4));

/**
 * Builds the camera's pipeline and starts it.
 * @param inStep when the frames of a file are due that plays in step with others
 * @throws UserError when an element is missing or the source cannot be described
 */
export function openConnection(camera: CameraConfig, login?: CameraLogin, inStep?: InStep): Connection {
  const recipe = pipelineRecipe(camera, login);
  requireElements(recipe.elements);
  const pipeline = openPipeline(recipe.description, {
    secrets: login === undefined ? [] : [`${login.user}:${login.password}`, login.password],
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
  });
  for (const { element, property, text } of recipe.texts) pipeline.element(element).setText(property, text);
  const sink = pipeline.appSink(ELEMENT.frames);
  const scale = pipeline.element(ELEMENT.scale);
  pipeline.play();

  const loops = camera.source.kind === 'file' && camera.source.loop;
  const silence = createSilence(camera);
  let pulled = 0;
  let pulledSinceRewind = 0;
  let dropped = 0;
  const cadence = createCadence();
  /** Of a file that plays in step: the next frame, before it is due. */
  let early: VideoSample | undefined;

  return {
    pipeline,
    next() {
      if (inStep !== undefined) return nextDue(inStep);
      const arrived = sink.arrived();
      const sample = sink.tryPull(PULL_WAIT_MS);
      if (sample !== undefined) {
        silence.break();
        pulled += 1;
        pulledSinceRewind += 1;
        cadence.frame(sample.streamSeconds);
        // `arrived` was read before the pull, so this never counts a frame that is still waiting to be pulled.
        dropped = Math.max(dropped, arrived - pulled);
        return { kind: 'frame', sample };
      }
      return withoutFrame();
    },
    nativeCaps: () => scale.videoCaps('sink'),
    dropped: () => dropped,
    resume: () => silence.break(),
    close() {
      early?.release();
      early = undefined;
      return pipeline.close();
    },
  };

  function withoutFrame(): ConnectionStep {
    const error = pipeline.bus.poll().find((message) => message.kind === 'error');
    if (error !== undefined) {
      const loss = lossFromError(error, camera.source, pulled > 0);
      return { kind: 'ended', loss, refused: isRefusal(error) };
    }
    if (sink.isEndOfStream()) return atEnd();
    const loss = silence.loss(pulled > 0);
    return loss === undefined ? { kind: 'waiting' } : { kind: 'ended', loss, refused: false };
  }

  /** The newest frame that is due. Whoever is far behind the others jumps to where they are. */
  function nextDue(due: InStep): ConnectionStep {
    let sample = early ?? pull(PULL_WAIT_MS);
    early = undefined;
    if (sample === undefined) return withoutFrame();
    const waitMs = due.msUntil(sample.streamSeconds ?? 0);
    if (waitMs > 0) {
      standStill(Math.min(waitMs, PULL_WAIT_MS));
      if (waitMs > PULL_WAIT_MS) {
        early = sample;
        return { kind: 'waiting' };
      }
    }
    if (waitMs < -CATCH_UP_MS) {
      sample.release();
      silence.break();
      return jump(due);
    }
    for (let next = pull(0); next !== undefined; next = pull(0)) {
      if (due.msUntil(next.streamSeconds ?? 0) > 0) {
        early = next;
        break;
      }
      sample.release();
      dropped += 1;
      sample = next;
    }
    silence.break();
    return { kind: 'frame', sample };
  }

  function pull(waitMs: number): VideoSample | undefined {
    const sample = sink.tryPull(waitMs);
    if (sample !== undefined) {
      pulled += 1;
      pulledSinceRewind += 1;
    }
    return sample;
  }

  function jump(due: InStep): ConnectionStep {
    if (due.isOver()) {
      due.rewind();
      if (pipeline.seekToStart()) return { kind: 'rewound' };
    } else if (pipeline.seekBefore(due.positionNow())) return { kind: 'waiting' };
    const loss: CameraLoss = { reason: 'end-of-stream', detail: 'the file cannot be played from the middle' };
    return { kind: 'ended', loss, refused: false };
  }

  function atEnd(): ConnectionStep {
    if (loops && pulledSinceRewind > 0) {
      if (inStep !== undefined && !inStep.isOver()) {
        standStill(PULL_WAIT_MS);
        silence.break();
        return { kind: 'waiting' };
      }
      if (inStep === undefined && isPaced(camera.source) && !cadence.isNextDue()) return { kind: 'waiting' };
      pulledSinceRewind = 0;
      silence.break();
      inStep?.rewind();
      if (pipeline.seekToStart()) return { kind: 'rewound' };
    }
    const loss: CameraLoss = { reason: 'end-of-stream', detail: endText(camera.source, pulled) };
    return { kind: 'ended', loss, refused: false };
  }
}

/** This thread stands still, as it does while it waits for a frame. */
function standStill(milliseconds: number): void {
  Atomics.wait(STILL, 0, 0, milliseconds);
}

/** When the frame after a file's last one would be due: the last frame is shown as long as the others. */
function createCadence(): { frame(mediaSeconds: number | undefined): void; isNextDue(): boolean } {
  let lastMediaSeconds = 0;
  let stepMs = 0;
  let lastAtMs = 0;
  return {
    frame(mediaSeconds = lastMediaSeconds) {
      stepMs = (mediaSeconds - lastMediaSeconds) * 1000;
      lastMediaSeconds = mediaSeconds;
      lastAtMs = performance.now();
    },
    isNextDue: () => performance.now() >= lastAtMs + stepMs,
  };
}

/** The watchdog: a camera that falls silent says nothing about it. */
function createSilence(camera: CameraConfig): {
  break(): void;
  loss(hadFrames: boolean): CameraLoss | undefined;
} {
  let since = performance.now();
  return {
    break() {
      since = performance.now();
    },
    loss(hadFrames) {
      const seconds = (performance.now() - since) / 1000;
      if (hadFrames && seconds >= camera.stallSeconds) {
        return { reason: 'stalled', detail: `no frame for ${seconds.toFixed(1)} s` };
      }
      if (!hadFrames && seconds >= Math.max(FIRST_FRAME_SECONDS, camera.stallSeconds)) {
        return { reason: 'unreachable', detail: `no first frame within ${seconds.toFixed(1)} s` };
      }
      return undefined;
    },
  };
}

function endText(source: FrameSource, frames: number): string {
  if (source.kind !== 'file') return 'the camera ended its stream';
  return frames === 0 ? `${source.path} holds no frames` : `${source.path} ended after ${frames} frames`;
}

import { setImmediate as yieldToEventLoop, setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/secret.ts';
import { toCameraId, type CameraId } from '../../runtime/ids.ts';
import type { VideoSample } from '../gstreamer/app-sink.ts';
import { requireElements } from '../gstreamer/elements.ts';
import type { Frame } from '../frame.ts';
import { openPipeline } from '../gstreamer/pipeline.ts';
import { createBackOff } from './back-off.ts';
import { sizeDifferenceMessage, type CameraLoss, type CameraState } from './camera-state.ts';
import { openConnection, type Connection, type ConnectionEnd } from './connection.ts';
import { createFastTimes, createLiveTimes, type FrameTime } from './frame-time.ts';
import { createInStep, createInStepTimes } from './in-step.ts';
import {
  isInStep,
  isPaced,
  isReconnectable,
  neededElements,
  pipelineRecipe,
  type CameraConfig,
} from './pipeline-recipe.ts';
import { requireFile, requireLogin } from './requirements.ts';

/** A frame and its memory. `rgb` is valid until {@link release}, which every frame needs exactly once. */
export interface CameraFrame extends Frame {
  /** Position within the file; begins again with each loop. For live cameras the stream's own position. */
  readonly mediaSeconds: number;
  /** @throws Error when called twice */
  release(): void;
}

/** A camera's frames. Belongs to the thread that opened it; one thread a camera (see README.md). */
export interface CameraStream extends AsyncIterable<CameraFrame> {
  readonly cameraId: CameraId;
  /**
   * The next frame; reconnects as long as it takes. Undefined after {@link close} and after the end of a file.
   * One call at a time.
   */
  nextFrame(): Promise<CameraFrame | undefined>;
  /** Iterates over all frames and releases each after the loop's body. */
  [Symbol.asyncIterator](): AsyncIterator<CameraFrame>;
  close(): Promise<void>;
}

export interface CameraDeps {
  /** Hears what becomes of the camera. */
  readonly onState: (state: CameraState) => void;
  /** Holds the login of a network camera. */
  readonly environment?: Environment;
  /** Where the configured size stands, for the warning about it, e.g. `config/demo/store.yaml (cameras[0].size)`. */
  readonly sizePlace?: string;
  /** UTC at which a file at pace `fast` is taken to begin; now, unless given. */
  readonly fileStartedAtMs?: number;
  /** For the jitter of reconnects. */
  readonly random?: () => number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/**
 * Opens a camera of the configuration. Frames have exactly the configured size, 8-bit RGB; a picture of another shape gets
 * black borders rather than being stretched.
 * @throws UserError when its file is missing, its login is not in the environment, or GStreamer lacks an element
 */
export function openCamera(camera: CameraConfig, deps: CameraDeps): CameraStream {
  const cameraId = toCameraId(camera.id);
  requireElements(neededElements(camera.source));
  requireFile(camera);
  const login = requireLogin(camera, deps.environment ?? process.env);
  const inStep = isInStep(camera.source) ? createInStep(camera.source.periodSeconds) : undefined;
  const times = inStep
    ? createInStepTimes(inStep)
    : isPaced(camera.source)
      ? createLiveTimes()
      : createFastTimes(deps.fileStartedAtMs ?? Date.now());
  const backOff = createBackOff({
    firstMs: FIRST_RETRY_MS,
    capMs: LONGEST_RETRY_MS,
    random: deps.random ?? Math.random,
  });
  const report = createReporter(cameraId, camera, deps);
  const closed = new AbortController();
  let connection: Connection | undefined;
  // Built once for nothing: a description that cannot be built is an error now, not at the first frame.
  let stopping: Promise<unknown> = openPipeline(pipelineRecipe(camera).description).close();
  let pending = false;
  let ended = false;
  let droppedTold = 0;

  async function nextFrame(): Promise<CameraFrame | undefined> {
    if (pending)
      throw new Error(`camera ${cameraId}: nextFrame() was called before the last call was answered`);
    pending = true;
    try {
      connection?.resume();
      return await waitForFrame();
    } finally {
      pending = false;
    }
  }

  async function waitForFrame(): Promise<CameraFrame | undefined> {
    while (!ended) {
      await (connection === undefined && report.isDown() ? backOffWait() : yieldToEventLoop());
      if (closed.signal.aborted) return undefined;
      connection ??= connect();
      const step = connection.next();
      if (step.kind === 'frame') return toFrame(connection, step.sample);
      if (step.kind === 'rewound') times.rewind();
      if (step.kind === 'ended') await disconnect(connection, step);
    }
    return undefined;
  }

  async function backOffWait(): Promise<void> {
    await sleep(backOff.nextMs(), undefined, { signal: closed.signal }).catch(() => undefined);
  }

  function connect(): Connection {
    report.attempt();
    droppedTold = 0;
    return openConnection(camera, login, inStep);
  }

  async function disconnect(lost: Connection, { loss, refused }: ConnectionEnd): Promise<void> {
    connection = undefined;
    ended = !isReconnectable(camera.source);
    if (refused) backOff.skipToCap();
    report.lost(loss);
    stopping = lost.close();
    await stopping;
  }

  function toFrame(from: Connection, sample: VideoSample): CameraFrame {
    backOff.reset();
    report.delivered(from);
    const time = times.of(sample, from.pipeline.clock);
    const dropped = from.dropped() - droppedTold;
    droppedTold += dropped;
    return createFrame(cameraId, sample, time, isPaced(camera.source) ? dropped : 0);
  }

  return {
    cameraId,
    nextFrame,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const frame = await nextFrame();
        if (frame === undefined) return;
        try {
          yield frame;
        } finally {
          frame.release();
        }
      }
    },
    async close() {
      closed.abort();
      const open = connection;
      connection = undefined;
      await Promise.all([stopping, open?.close()]);
    },
  };
}

function createFrame(cameraId: CameraId, sample: VideoSample, time: FrameTime, dropped: number): CameraFrame {
  return {
    cameraId,
    ...time,
    width: sample.caps.width,
    height: sample.caps.height,
    get rgb() {
      return sample.bytes;
    },
    dropped,
    release: () => sample.release(),
  };
}

/** Turns what happens to connections into the camera's states, each told once. */
function createReporter(cameraId: CameraId, camera: CameraConfig, deps: CameraDeps) {
  let everConnected = false;
  let down: { sinceMs: number; attempts: number } | undefined;
  let delivering: Connection | undefined;
  let toldSize = `${camera.size.width}x${camera.size.height}`;
  const now = () => ({ cameraId, atMs: Date.now() });

  function tellSize(connection: Connection): void {
    const found = connection.nativeCaps();
    if (found === undefined || `${found.width}x${found.height}` === toldSize) return;
    toldSize = `${found.width}x${found.height}`;
    const { width, height } = found;
    const message = sizeDifferenceMessage(cameraId, found, camera.size, deps.sizePlace);
    deps.onState({ kind: 'size-differs', ...now(), found: { width, height }, message });
  }

  return {
    isDown: () => down !== undefined,
    attempt() {
      if (down !== undefined) down.attempts += 1;
    },
    delivered(connection: Connection) {
      if (delivering === connection) return;
      delivering = connection;
      if (!everConnected) {
        everConnected = true;
        deps.onState({ kind: 'connected', ...now(), width: camera.size.width, height: camera.size.height });
      } else if (down !== undefined) {
        const downSeconds = (Date.now() - down.sinceMs) / 1000;
        deps.onState({ kind: 'recovered', ...now(), downSeconds, attempts: down.attempts });
      }
      down = undefined;
      tellSize(connection);
    },
    lost(loss: CameraLoss) {
      delivering = undefined;
      if (down !== undefined) return;
      down = { sinceMs: Date.now(), attempts: 0 };
      deps.onState({ kind: 'lost', ...now(), ...loss });
    },
  };
}

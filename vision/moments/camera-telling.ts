import { parentPort } from 'node:worker_threads';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { CameraState } from '../camera/camera-state.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import type { Frame } from '../frame.ts';
import type { FromCameraThread } from './camera-thread.ts';
import { encodeLivePicture } from './live-picture.ts';
import type { Moment } from './moment.ts';

/** The end of a camera's thread that speaks. */
export interface Telling<Opened, Figures, ToThread> {
  readonly tell: (moment: Moment, lookedAtMs?: number) => void;
  readonly opened: (opened: Opened) => void;
  readonly figures: (figures: Figures) => void;
  /** Something is wrong; the thread goes on to close what it opened. */
  readonly fail: (error: unknown) => void;
  readonly onMessage: (listen: (message: ToThread) => void) => void;
  /** Runs the thread's work, tells how it failed if it does, and lets the thread end. */
  readonly run: (work: () => Promise<void>) => Promise<void>;
}

/** Speaks for the thread that it is called in, which must be one of `startCameraThread`. */
export function createTelling<Opened, Figures, ToThread>(
  failureCode: string,
): Telling<Opened, Figures, ToThread> {
  const port = parentPort!;
  const send = (message: FromCameraThread<Opened, Figures>, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const fail = (error: unknown): void => {
    const known = error instanceof UserError ? error : undefined;
    send({
      kind: 'failed',
      code: known?.code ?? failureCode,
      message: messageOf(error),
      next: known?.next ?? 'This is a fault of ours; please report it.',
    });
  };
  return {
    tell: (moment, lookedAtMs) =>
      send(
        { kind: 'moment', moment, ...(lookedAtMs === undefined ? {} : { lookedAtMs }) },
        moment.kind === 'picture' ? [ownBuffer(moment.jpeg)] : [],
      ),
    opened: (opened) => send({ kind: 'opened', opened }),
    figures: (figures) => send({ kind: 'figures', figures }),
    fail,
    onMessage: (listen) => void port.on('message', listen),
    async run(work) {
      try {
        await work();
      } catch (error) {
        fail(error);
      } finally {
        port.close();
      }
    },
  };
}

/**
 * The moment that a change of a camera's state is; undefined where it is a warning for the operator only.
 * @param atMs when it happened: a file that isn't played at its own pace has a time of its own
 */
export function stateMoment(state: CameraState, atMs: number): Moment | undefined {
  const { cameraId } = state;
  switch (state.kind) {
    case 'connected':
      return { kind: 'camera-connected', cameraId, atMs, width: state.width, height: state.height };
    case 'lost':
      return { kind: 'camera-lost', cameraId, atMs, reason: state.reason, detail: state.detail };
    case 'recovered':
      return {
        kind: 'camera-recovered',
        cameraId,
        atMs,
        downSeconds: state.downSeconds,
        attempts: state.attempts,
      };
    case 'size-differs':
      process.emitWarning(state.message);
      return undefined;
  }
}

/** Encodes the live picture of a frame and tells it. Copies what it needs of the frame before it returns. */
export async function tellPicture(
  tell: (moment: Moment) => void,
  frame: Pick<Frame, 'cameraId' | 'capturedAtMs' | 'width' | 'height' | 'rgb'>,
  hidden: readonly BoxXyxy[],
): Promise<void> {
  const { cameraId, capturedAtMs: atMs } = frame;
  tell({ kind: 'picture', cameraId, atMs, jpeg: await encodeLivePicture(frame, hidden) });
}

/** Frames a second over the last two seconds. */
export function createRate(): { count(): void; perSecond(): number } {
  const WINDOW_MS = 2000;
  let times: number[] = [];
  return {
    count() {
      const now = performance.now();
      times = [...times.filter((time) => now - time < WINDOW_MS), now];
    },
    perSecond() {
      const first = times[0];
      const last = times.at(-1);
      if (first === undefined || last === undefined || last === first) return 0;
      return ((times.length - 1) * 1000) / (last - first);
    },
  };
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer instanceof ArrayBuffer ? bytes.buffer : new ArrayBuffer(0);
}

import { UserError } from '../../runtime/errors.ts';
import { toCameraId } from '../../runtime/ids.ts';
import { set } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import { startThread } from '../../runtime/thread.ts';
import { recordState } from './camera-figures.ts';
import { handleInTrace } from './moment-trace.ts';
import type { Moment } from './moment.ts';

/** What a camera's thread says. `Opened` is what it knows once it looks, `Figures` what it counts. */
export type FromCameraThread<Opened, Figures> =
  /** `lookedAtMs`: when looking at the frame began that the moment was seen in. */
  | { readonly kind: 'moment'; readonly moment: Moment; readonly lookedAtMs?: number }
  | { readonly kind: 'figures'; readonly figures: Figures }
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly next: string };

export interface CloseCamera {
  readonly kind: 'close';
}

export interface CameraThread<Opened, ToThread> {
  readonly opened: Opened;
  readonly send: (message: ToThread | CloseCamera) => void;
  readonly close: () => Promise<void>;
  /** Resolves after {@link close} and at the end of a file; rejects when the thread fails. */
  readonly closed: Promise<void>;
}

export interface CameraThreadOptions<Figures> {
  /** URL of the thread's module. */
  readonly module: URL;
  /** Its start-up data. */
  readonly data: unknown;
  readonly cameraId: string;
  readonly onMoment: (moment: Moment) => void;
  readonly onFigures: (figures: Figures) => void;
}

/**
 * Starts a camera's thread and waits until it looks: the networks compute on the thread that calls them. `Opened`,
 * `Figures` and `ToThread` are what its module says it speaks; both ends stand side by side.
 * @throws UserError when the camera or a network can't be opened
 */
export async function startCameraThread<Opened, Figures, ToThread = never>({
  module,
  data,
  cameraId,
  onMoment,
  onFigures,
}: CameraThreadOptions<Figures>): Promise<CameraThread<Opened, ToThread>> {
  const thread = startThread(module, data);
  const send = (message: ToThread | CloseCamera): void => thread.postMessage(message);
  set(METRICS.cameraUp, 0, { camera_id: toCameraId(cameraId) });
  let isOpen: (opened: Opened) => void;
  let failed: (error: Error) => void;
  const ready = new Promise<Opened>((resolve, reject) => {
    isOpen = resolve;
    failed = reject;
  });
  const closed = new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    thread.on('message', (message: FromCameraThread<Opened, Figures>) => {
      switch (message.kind) {
        case 'moment': {
          const { moment, lookedAtMs } = message;
          recordState(moment);
          handleInTrace(moment, lookedAtMs, () => onMoment(moment));
          return;
        }
        case 'figures':
          onFigures(message.figures);
          return;
        case 'opened':
          isOpen(message.opened);
          return;
        case 'failed':
          failure = new UserError(message.code, message.message, message.next);
      }
    });
    thread.on('error', (error) => (failure ??= error));
    thread.on('exit', () => {
      failed(failure ?? new Error(`camera ${cameraId} ended before it was open`));
      if (failure) reject(failure);
      else resolve();
    });
  });
  closed.catch(() => undefined); // whoever starts a camera may learn of a failure by `ready` alone
  return {
    opened: await ready,
    send,
    closed,
    async close() {
      send({ kind: 'close' });
      await closed.catch(() => undefined);
    },
  };
}

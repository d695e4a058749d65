import { parentPort } from 'node:worker_threads';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { toCameraId } from '../../runtime/ids.ts';
import { threadData } from '../../runtime/thread.ts';
import type { CameraState } from '../camera/camera-state.ts';
import { openCamera, type CameraStream } from '../camera/camera.ts';
import { isPaced } from '../camera/pipeline-recipe.ts';
import { embeddingSpace } from '../faces/embedding-space.ts';
import { openFaceDetector } from '../faces/face-detector.ts';
import { chooseFaceNetworks } from '../faces/face-networks.ts';
import { openFaceReader } from '../faces/face-reader.ts';
import { createGallery, type GalleryMember } from '../faces/gallery.ts';
import { DOOR_LIMITS } from '../faces/quality.ts';
import { describeNetworks, type NetworkInUse } from '../faces/networks-in-use.ts';
import { thresholdFor } from '../faces/thresholds.ts';
import { createDoorCounter, timedParts, type DoorCounter, type DoorFigures } from './door-figures.ts';
import { createDoorWatch, type DoorWatch, type Sight } from './door-watch.ts';
import type { DoorOptions } from './door.ts';
import { encodeLivePicture } from './live-picture.ts';
import type { Moment } from './moment.ts';

export interface DoorThreadData extends Omit<DoorOptions, 'onMoment' | 'gallery'> {
  readonly gallery: readonly GalleryMember[];
}
export type ToDoorThread =
  { readonly kind: 'gallery'; readonly members: readonly GalleryMember[] } | { readonly kind: 'close' };
export type FromDoorThread =
  /** `lookedAtMs`: when looking at the frame began that the moment was seen in. */
  | { readonly kind: 'moment'; readonly moment: Moment; readonly lookedAtMs?: number }
  | { readonly kind: 'figures'; readonly figures: DoorFigures }
  | {
      readonly kind: 'opened';
      readonly space: string;
      readonly networks: readonly NetworkInUse[];
      readonly threshold: number;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly next: string };

/** The live picture and its boxes, a few times a second. */
const SECONDS_BETWEEN_OVERLAYS = 0.2;
const FIGURES_EVERY_MS = 1_000;
/** Below the followed score: what may be a face is made unrecognisable, even if it is not certain enough to be counted. */
const HIDDEN_SCORE = 0.35;
/** Faces read in one frame of a live camera that keeps up, and of one that has dropped frames since the last. */
const LOOKS_IN_TIME = 2;
const LOOKS_BEHIND = 1;

const port = parentPort!;
const send = (message: FromDoorThread, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);
const tell = (moment: Moment, lookedAtMs?: number): void =>
  send(
    { kind: 'moment', moment, ...(lookedAtMs === undefined ? {} : { lookedAtMs }) },
    moment.kind === 'picture' ? [ownBuffer(moment.jpeg)] : [],
  );

try {
  await run(threadData<DoorThreadData>());
} catch (error) {
  fail(error);
} finally {
  port.close();
}

function fail(error: unknown): void {
  const known = error instanceof UserError ? error : undefined;
  send({
    kind: 'failed',
    code: known?.code ?? 'door.failed',
    message: messageOf(error),
    next: known?.next ?? 'This is a fault of ours; please report it.',
  });
}

async function run(data: DoorThreadData): Promise<void> {
  const { camera: config, recognition, networks } = data;
  const { detector: detectorName, combination } = await chooseFaceNetworks();
  const space = embeddingSpace(combination);
  const threshold = recognition.threshold ?? thresholdFor(space.id, recognition.wantedFalseAcceptRate);
  const gallery = createGallery(space);
  gallery.replaceAll(data.gallery);
  const detector = await openFaceDetector(detectorName, { ...networks, minimumScore: HIDDEN_SCORE });
  const reader = await openFaceReader(space, networks);
  const { margin, minimumVotes, minimumFaceWidth } = recognition;
  const cameraId = toCameraId(config.id);
  const counter = createDoorCounter();
  let lookedAtMs = Date.now();
  const watch = createDoorWatch(
    {
      cameraId,
      size: config.size,
      lanes: config.lanes.map((lane) => lane.polygon),
      ...(config.entranceLine ? { entranceLine: config.entranceLine } : {}),
    },
    {
      ...timedParts({ detector, reader, gallery }, counter),
      rule: { threshold, margin, minimumVotes },
      limits: { ...DOOR_LIMITS, minimumWidthPixels: minimumFaceWidth },
      onMoment(moment) {
        tell(moment, lookedAtMs);
        if (moment.kind === 'track-ended') counter.trackEnded(moment.trackId);
      },
    },
  );
  const camera = openCamera(config, {
    onState: (state) => tellState(state, watch),
    ...(data.sizePlace === undefined ? {} : { sizePlace: data.sizePlace }),
    ...(data.fileStartedAtMs === undefined ? {} : { fileStartedAtMs: data.fileStartedAtMs }),
  });
  port.on('message', (message: ToDoorThread) => {
    if (message.kind === 'close') {
      void camera.close();
      return;
    }
    try {
      gallery.replaceAll(message.members);
    } catch (error) {
      gallery.replaceAll([]); // whom we may recognise is not known: recognise nobody
      fail(error);
      void camera.close();
    }
    watch.galleryChanged();
  });
  send({
    kind: 'opened',
    space: space.id,
    networks: describeNetworks({ detector: detectorName, combination }),
    threshold,
  });
  const tellFigures = (): void => send({ kind: 'figures', figures: counter.take() });
  const telling = setInterval(tellFigures, FIGURES_EVERY_MS);
  try {
    await watchCamera(camera, watch, counter, isPaced(config.source), () => (lookedAtMs = Date.now()));
  } finally {
    clearInterval(telling);
    tellFigures();
    await camera.close();
    await detector.close();
    await reader.close();
  }
}

async function watchCamera(
  camera: CameraStream,
  watch: DoorWatch,
  counter: DoorCounter,
  live: boolean,
  onLook: () => void,
): Promise<void> {
  const rate = createRate();
  let dropped = 0;
  let toldSeconds = -Infinity;
  let encoding: Promise<void> | undefined;
  for await (const frame of camera) {
    const looks = live ? (frame.dropped > 0 ? LOOKS_BEHIND : LOOKS_IN_TIME) : Infinity;
    onLook();
    const sight = await counter.timed('frame', () => watch.see(frame, looks));
    counter.frameSeen(frame);
    counter.facesSeen(sight.faces);
    rate.count();
    dropped += frame.dropped;
    if (frame.streamSeconds - toldSeconds < SECONDS_BETWEEN_OVERLAYS) continue;
    toldSeconds = frame.streamSeconds;
    const { cameraId, capturedAtMs: atMs } = frame;
    const faces = [...sight.faces];
    tell({ kind: 'overlay', cameraId, atMs, faces, framesPerSecond: rate.perSecond(), dropped });
    dropped = 0;
    if (encoding && live) continue; // the picture before is still being encoded
    await encoding;
    encoding = counter
      .timed('picture', () => tellPicture(frame, sight.hidden))
      .finally(() => (encoding = undefined));
  }
  await encoding;
  watch.end(Date.now());
}

/** Copies what it needs of the frame before it returns. */
async function tellPicture(
  frame: {
    cameraId: Moment['cameraId'];
    capturedAtMs: number;
    width: number;
    height: number;
    rgb: Uint8Array;
  },
  hidden: Sight['hidden'],
): Promise<void> {
  const { cameraId, capturedAtMs: atMs } = frame;
  tell({ kind: 'picture', cameraId, atMs, jpeg: await encodeLivePicture(frame, hidden) });
}

function tellState(state: CameraState, watch: DoorWatch): void {
  const { cameraId, atMs } = state;
  switch (state.kind) {
    case 'connected':
      tell({ kind: 'camera-connected', cameraId, atMs, width: state.width, height: state.height });
      return;
    case 'lost':
      watch.end(atMs);
      tell({ kind: 'camera-lost', cameraId, atMs, reason: state.reason, detail: state.detail });
      return;
    case 'recovered':
      tell({
        kind: 'camera-recovered',
        cameraId,
        atMs,
        downSeconds: state.downSeconds,
        attempts: state.attempts,
      });
      return;
    case 'size-differs':
      process.emitWarning(state.message);
  }
}

/** Frames a second over the last two seconds. */
function createRate(): { count(): void; perSecond(): number } {
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

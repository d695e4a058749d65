import { toCameraId } from '../../runtime/ids.ts';
import { threadData } from '../../runtime/thread.ts';
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
import { createRate, createTelling, stateMoment, tellPicture } from './camera-telling.ts';
import type { CloseCamera } from './camera-thread.ts';
import { createDoorCounter, timedParts, type DoorCounter, type DoorFigures } from './door-figures.ts';
import { createDoorWatch, type DoorWatch } from './door-watch.ts';
import type { DoorOptions } from './door.ts';

export interface DoorThreadData extends Omit<DoorOptions, 'onMoment' | 'gallery'> {
  readonly gallery: readonly GalleryMember[];
}
export interface ToDoorThread {
  readonly kind: 'gallery';
  readonly members: readonly GalleryMember[];
}
export interface DoorOpened {
  readonly space: string;
  readonly networks: readonly NetworkInUse[];
  readonly threshold: number;
}

/** The live picture and its boxes, a few times a second. */
const SECONDS_BETWEEN_OVERLAYS = 0.2;
const FIGURES_EVERY_MS = 1_000;
/** Below the followed score: what may be a face is made unrecognisable, even if it is not certain enough to be counted. */
const HIDDEN_SCORE = 0.35;
/** Faces read in one frame of a live camera that keeps up, and of one that has dropped frames since the last. */
const LOOKS_IN_TIME = 2;
const LOOKS_BEHIND = 1;

const telling = createTelling<DoorOpened, DoorFigures, ToDoorThread | CloseCamera>('door.failed');
const { tell, fail } = telling;

await telling.run(() => run(threadData<DoorThreadData>()));

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
  const live = isPaced(config.source);
  let frameAtMs = data.fileStartedAtMs ?? Date.now();
  const camera = openCamera(config, {
    onState(state) {
      const atMs = live ? state.atMs : frameAtMs;
      if (state.kind === 'lost') watch.end(atMs);
      const moment = stateMoment(state, atMs);
      if (moment) tell(moment);
    },
    ...(data.sizePlace === undefined ? {} : { sizePlace: data.sizePlace }),
    ...(data.fileStartedAtMs === undefined ? {} : { fileStartedAtMs: data.fileStartedAtMs }),
  });
  telling.onMessage((message) => {
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
  telling.opened({
    space: space.id,
    networks: describeNetworks({ detector: detectorName, combination }),
    threshold,
  });
  const tellFigures = (): void => telling.figures(counter.take());
  const ticking = setInterval(tellFigures, FIGURES_EVERY_MS);
  try {
    await watchCamera(camera, watch, counter, live, (capturedAtMs) => {
      frameAtMs = capturedAtMs;
      lookedAtMs = Date.now();
    });
    watch.end(frameAtMs);
  } finally {
    clearInterval(ticking);
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
  onLook: (capturedAtMs: number) => void,
): Promise<void> {
  const rate = createRate();
  let dropped = 0;
  let toldSeconds = -Infinity;
  let encoding: Promise<void> | undefined;
  for await (const frame of camera) {
    const looks = live ? (frame.dropped > 0 ? LOOKS_BEHIND : LOOKS_IN_TIME) : Infinity;
    onLook(frame.capturedAtMs);
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
      .timed('picture', () => tellPicture(tell, frame, sight.hidden))
      .finally(() => (encoding = undefined));
  }
  await encoding;
}

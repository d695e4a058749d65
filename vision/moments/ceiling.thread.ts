import type { Calibration } from '../../config/floor-schema.ts';
import { toCameraId, type TrackId } from '../../runtime/ids.ts';
import { yieldToOthers } from '../../runtime/thread-priority.ts';
import { threadData } from '../../runtime/thread.ts';
import { openCamera, type CameraStream } from '../camera/camera.ts';
import { isPaced } from '../camera/pipeline-recipe.ts';
import { openPersonDetector } from '../detection/person-detector.ts';
import { CEILING_TILES, choosePersonNetwork, describePersonNetwork } from '../detection/person-network.ts';
import type { NetworkInUse } from '../faces/networks-in-use.ts';
import { calibrate } from '../floor/calibration.ts';
import { standingPlace } from '../floor/standing-place.ts';
import { wholeBody } from '../floor/whole-body.ts';
import { createCameraCounter, type CameraCounter } from './camera-figures.ts';
import { createRate, createTelling, stateMoment, tellPicture } from './camera-telling.ts';
import type { CloseCamera } from './camera-thread.ts';
import { CEILING_STAGES, type CeilingFigures, type CeilingStage } from './ceiling-figures.ts';
import { createCeilingWatch, type CeilingWatch } from './ceiling-watch.ts';
import type { CeilingOptions } from './ceiling.ts';

export interface CeilingThreadData extends Omit<CeilingOptions, 'onMoment' | 'onFigures'> {
  readonly calibration: Calibration;
}
export interface CeilingOpened {
  readonly networks: readonly NetworkInUse[];
}

/** The live picture and its boxes, a few times a second. */
const SECONDS_BETWEEN_OVERLAYS = 0.2;
const FIGURES_EVERY_MS = 1_000;
/** The tracker wants to hear of unsure ones too; and whoever may be a person is made unrecognisable. */
const LEAST_SCORE = 0.1;

const telling = createTelling<CeilingOpened, CeilingFigures, CloseCamera>('ceiling.failed');
const { tell } = telling;

await telling.run(() => run(threadData<CeilingThreadData>()));

async function run(data: CeilingThreadData): Promise<void> {
  const { camera: config, networks } = data;
  const { size } = config;
  const live = isPaced(config.source);
  // A look at the floor that is left out is soon made up for; a face at the door, or a page, can't wait.
  if (live) yieldToOthers();
  const calibration = calibrate(data.calibration, size, `calibration of camera ${config.id}`);
  const network = await choosePersonNetwork();
  const detector = await openPersonDetector(network, {
    ...networks,
    minimumScore: LEAST_SCORE,
    tiles: CEILING_TILES[network],
  });
  const counter = createCameraCounter(CEILING_STAGES);
  const known = new Set<TrackId>();
  let people = 0;
  const watch = createCeilingWatch(
    {
      cameraId: toCameraId(config.id),
      size,
      ignore: config.ignore,
      detectionsPerSecond: config.detectionsPerSecond,
    },
    {
      detector,
      placeOf: (boxXyxy) => standingPlace(calibration, boxXyxy, size),
      bodyOf: (boxXyxy) => wholeBody(calibration, boxXyxy, size),
      onMoment(moment) {
        tell(moment);
        if (moment.kind !== 'tracks') return;
        for (const { trackId } of moment.tracks) {
          if (!known.has(trackId)) people += 1;
          known.add(trackId);
        }
        for (const trackId of moment.ended) known.delete(trackId);
      },
      onTimes(detectMs, trackMs) {
        counter.note('detect', detectMs);
        counter.note('track', trackMs);
      },
    },
  );
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
  telling.onMessage(() => void camera.close());
  telling.opened({ networks: [describePersonNetwork(network)] });
  const tellFigures = (): void => {
    telling.figures({ ...counter.take(), people });
    people = 0;
  };
  const ticking = setInterval(tellFigures, FIGURES_EVERY_MS);
  try {
    await watchCamera(camera, watch, counter, live, (atMs) => (frameAtMs = atMs));
    watch.end(frameAtMs);
  } finally {
    clearInterval(ticking);
    tellFigures();
    await camera.close();
    await detector.close();
  }
}

async function watchCamera(
  camera: CameraStream,
  watch: CeilingWatch,
  counter: CameraCounter<CeilingStage>,
  live: boolean,
  onFrame: (capturedAtMs: number) => void,
): Promise<void> {
  const rate = createRate();
  let droppedSinceLook = 0;
  let droppedSinceTold = 0;
  let toldSeconds = -Infinity;
  let encoding: Promise<void> | undefined;
  for await (const frame of camera) {
    rate.count();
    droppedSinceLook += frame.dropped;
    onFrame(frame.capturedAtMs);
    if (!watch.isDue(frame.streamSeconds)) continue;
    const sight = await counter.timed('frame', () => watch.see(frame));
    counter.frameSeen({ capturedAtMs: frame.capturedAtMs, dropped: droppedSinceLook });
    droppedSinceTold += droppedSinceLook;
    droppedSinceLook = 0;
    // only frames that were looked at are shown: nobody knows where the heads are in the others
    if (frame.streamSeconds - toldSeconds < SECONDS_BETWEEN_OVERLAYS) continue;
    toldSeconds = frame.streamSeconds;
    tell({
      kind: 'floor-overlay',
      cameraId: frame.cameraId,
      atMs: frame.capturedAtMs,
      people: [...sight.people],
      framesPerSecond: rate.perSecond(),
      dropped: droppedSinceTold,
    });
    droppedSinceTold = 0;
    if (encoding && live) continue; // the picture before is still being encoded
    await encoding;
    encoding = counter
      .timed('picture', () => tellPicture(tell, frame, sight.hidden))
      .finally(() => (encoding = undefined));
  }
  await encoding;
}

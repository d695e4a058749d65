import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { count } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import type { FaceDetector } from '../faces/face-detector.ts';
import type { FaceReader } from '../faces/face-reader.ts';
import type { Gallery } from '../faces/gallery.ts';
import {
  createCameraCounter,
  recordCameraFigures,
  type CameraCounter,
  type CameraFigures,
} from './camera-figures.ts';
import type { OverlayFace, UndecidedReason } from './moment.ts';

/** The stages of looking at a frame. */
const STAGES = ['detect', 'read', 'match', 'frame', 'picture'] as const;
type Stage = (typeof STAGES)[number];

/** What had been decided about a face when it was gone. Nobody is looked at outside the lane. */
export type LastDecision = 'accepted' | 'outside-lane' | UndecidedReason;

/** What a door's thread has counted since it last told. */
export interface DoorFigures extends CameraFigures<Stage> {
  readonly faces: number;
  readonly decisions: readonly LastDecision[];
}

interface Parts {
  readonly detector: FaceDetector;
  readonly reader: FaceReader;
  readonly gallery: Gallery;
}

/** Counts in the door's thread. */
export interface DoorCounter extends CameraCounter<Stage> {
  facesSeen(faces: readonly OverlayFace[]): void;
  trackEnded(trackId: TrackId): void;
  take(): DoorFigures;
}

export function createDoorCounter(): DoorCounter {
  const camera = createCameraCounter(STAGES);
  let faceCount = 0;
  let ended: LastDecision[] = [];
  /** Lives as long as the track. */
  const decisions = new Map<TrackId, LastDecision>();
  return {
    ...camera,
    facesSeen(faces) {
      for (const { trackId, state } of faces) {
        const known = decisions.get(trackId);
        if (known === undefined) faceCount += 1;
        // Who has left the lane keeps what was decided inside it.
        if (state.kind !== 'anonymous')
          decisions.set(trackId, state.kind === 'member' ? 'accepted' : state.reason);
        else if (known === undefined) decisions.set(trackId, 'outside-lane');
      }
    },
    trackEnded(trackId) {
      const decision = decisions.get(trackId);
      if (decision !== undefined) ended.push(decision);
      decisions.delete(trackId);
    },
    take() {
      const taken = { ...camera.take(), faces: faceCount, decisions: ended };
      faceCount = 0;
      ended = [];
      return taken;
    },
  };
}

/** The same detector, reader and gallery, with what they take noted. */
export function timedParts(
  { detector, reader, gallery }: Parts,
  { timed, note }: Pick<DoorCounter, 'timed' | 'note'>,
): Parts {
  return {
    detector: { ...detector, detect: (...asked) => timed('detect', () => detector.detect(...asked)) },
    reader: { ...reader, read: (...asked) => timed('read', () => reader.read(...asked)) },
    gallery: {
      ...gallery,
      get size() {
        return gallery.size;
      },
      match(embedding) {
        const startedMs = performance.now();
        const match = gallery.match(embedding);
        note('match', performance.now() - startedMs);
        return match;
      },
    },
  };
}

/** Notes a door's figures as metrics of this process. */
export function recordFigures(cameraId: CameraId, figures: DoorFigures): void {
  const camera = { camera_id: cameraId };
  recordCameraFigures(cameraId, figures, STAGES);
  count(METRICS.visionFaces, figures.faces, camera);
  for (const decision of figures.decisions) count(METRICS.visionDecisions, 1, { ...camera, decision });
}

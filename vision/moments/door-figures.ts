import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { count, measure, set } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import type { FaceDetector } from '../faces/face-detector.ts';
import type { FaceReader } from '../faces/face-reader.ts';
import type { Gallery } from '../faces/gallery.ts';
import type { Moment, OverlayFace, UndecidedReason } from './moment.ts';

/** The stages of looking at a frame. */
export const STAGES = ['detect', 'read', 'match', 'frame', 'picture'] as const;
export type Stage = (typeof STAGES)[number];

/** What had been decided about a face when it was gone. Nobody is looked at outside the lane. */
export type LastDecision = 'accepted' | 'outside-lane' | UndecidedReason;

/** What a door's thread has counted since it last told. Plain data without anybody in it: it crosses threads. */
export interface DoorFigures {
  readonly frames: number;
  readonly dropped: number;
  readonly faces: number;
  /** Capture of the newest frame, milliseconds since 1970, UTC; null when there was none. */
  readonly newestAtMs: number | null;
  /** Milliseconds from capture to the end of looking, a frame each. */
  readonly agesMs: readonly number[];
  readonly stagesMs: Readonly<Record<Stage, readonly number[]>>;
  readonly decisions: readonly LastDecision[];
}

interface Parts {
  readonly detector: FaceDetector;
  readonly reader: FaceReader;
  readonly gallery: Gallery;
}

/** Counts in the door's thread, where no telemetry runs: one SDK a process, in its main thread. */
export interface DoorCounter {
  /** Notes what a stage took. */
  note(stage: Stage, ms: number): void;
  /** Runs a stage and notes what it took. */
  timed<Result>(stage: Stage, work: () => Promise<Result>): Promise<Result>;
  frameSeen(frame: { readonly capturedAtMs: number; readonly dropped: number }): void;
  facesSeen(faces: readonly OverlayFace[]): void;
  trackEnded(trackId: TrackId): void;
  /** Everything since the last time. */
  take(): DoorFigures;
}

export function createDoorCounter(): DoorCounter {
  let figures = emptyFigures();
  const note = (stage: Stage, ms: number): void => void figures.stagesMs[stage].push(ms);
  /** Lives as long as the track. */
  const decisions = new Map<TrackId, LastDecision>();
  return {
    note,
    async timed(stage, work) {
      const startedMs = performance.now();
      try {
        return await work();
      } finally {
        note(stage, performance.now() - startedMs);
      }
    },
    frameSeen({ capturedAtMs, dropped }) {
      figures.frames += 1;
      figures.dropped += dropped;
      figures.newestAtMs = capturedAtMs;
      figures.agesMs.push(Math.max(0, Date.now() - capturedAtMs));
    },
    facesSeen(faces) {
      for (const { trackId, state } of faces) {
        const known = decisions.get(trackId);
        if (known === undefined) figures.faces += 1;
        // Who has left the lane keeps what was decided inside it.
        if (state.kind !== 'anonymous')
          decisions.set(trackId, state.kind === 'member' ? 'accepted' : state.reason);
        else if (known === undefined) decisions.set(trackId, 'outside-lane');
      }
    },
    trackEnded(trackId) {
      const decision = decisions.get(trackId);
      if (decision !== undefined) figures.decisions.push(decision);
      decisions.delete(trackId);
    },
    take() {
      const taken = figures;
      figures = emptyFigures();
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
  count(METRICS.cameraFrames, figures.frames, camera);
  count(METRICS.cameraFramesDropped, figures.dropped, camera);
  count(METRICS.visionFaces, figures.faces, camera);
  if (figures.newestAtMs !== null) set(METRICS.cameraLastFrame, figures.newestAtMs / 1000, camera);
  for (const ageMs of figures.agesMs) measure(METRICS.cameraFrameAge, ageMs / 1000, camera);
  for (const stage of STAGES) {
    for (const ms of figures.stagesMs[stage]) measure(METRICS.visionStage, ms / 1000, { ...camera, stage });
  }
  for (const decision of figures.decisions) count(METRICS.visionDecisions, 1, { ...camera, decision });
}

/** Notes what became of a camera. */
export function recordState(moment: Moment): void {
  const camera = { camera_id: moment.cameraId };
  switch (moment.kind) {
    case 'camera-connected':
      set(METRICS.cameraUp, 1, camera);
      return;
    case 'camera-lost':
      set(METRICS.cameraUp, 0, camera);
      count(METRICS.cameraLosses, 1, { ...camera, reason: moment.reason });
      return;
    case 'camera-recovered':
      set(METRICS.cameraUp, 1, camera);
      count(METRICS.cameraRecoveries, 1, camera);
      count(METRICS.cameraReconnectAttempts, moment.attempts, camera);
      return;
    default:
  }
}

/** Figures that still grow. */
interface Growing extends DoorFigures {
  frames: number;
  dropped: number;
  faces: number;
  newestAtMs: number | null;
  readonly agesMs: number[];
  readonly stagesMs: Readonly<Record<Stage, number[]>>;
  readonly decisions: LastDecision[];
}

function emptyFigures(): Growing {
  return {
    frames: 0,
    dropped: 0,
    faces: 0,
    newestAtMs: null,
    agesMs: [],
    stagesMs: { detect: [], read: [], match: [], frame: [], picture: [] },
    decisions: [],
  };
}

import type { CameraId } from '../../runtime/ids.ts';
import { count, measure, set } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import type { Moment } from './moment.ts';

/** What a camera's thread has counted since it last told. Plain data without anybody in it: it crosses threads. */
export interface CameraFigures<Stage extends string> {
  readonly frames: number;
  readonly dropped: number;
  /** Capture of the newest frame, milliseconds since 1970, UTC; null when there was none. */
  readonly newestAtMs: number | null;
  /** Milliseconds from capture to the end of looking, a frame each. */
  readonly agesMs: readonly number[];
  readonly stagesMs: Readonly<Record<Stage, readonly number[]>>;
}

/** Counts in a camera's thread, where no telemetry runs: one SDK a process, in its main thread. */
export interface CameraCounter<Stage extends string> {
  /** Notes what a stage took. */
  note(stage: Stage, ms: number): void;
  /** Runs a stage and notes what it took. */
  timed<Result>(stage: Stage, work: () => Promise<Result>): Promise<Result>;
  frameSeen(frame: { readonly capturedAtMs: number; readonly dropped: number }): void;
  /** Everything since the last time. */
  take(): CameraFigures<Stage>;
}

/** @param stages of looking at a frame, as the camera's purpose has them */
export function createCameraCounter<Stage extends string>(stages: readonly Stage[]): CameraCounter<Stage> {
  let figures = emptyFigures(stages);
  const note = (stage: Stage, ms: number): void => void figures.stagesMs[stage].push(ms);
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
    take() {
      const taken = figures;
      figures = emptyFigures(stages);
      return taken;
    },
  };
}

/** Notes a camera's figures as metrics of this process. */
export function recordCameraFigures<Stage extends string>(
  cameraId: CameraId,
  figures: CameraFigures<Stage>,
  stages: readonly Stage[],
): void {
  const camera = { camera_id: cameraId };
  count(METRICS.cameraFrames, figures.frames, camera);
  count(METRICS.cameraFramesDropped, figures.dropped, camera);
  if (figures.newestAtMs !== null) set(METRICS.cameraLastFrame, figures.newestAtMs / 1000, camera);
  for (const ageMs of figures.agesMs) measure(METRICS.cameraFrameAge, ageMs / 1000, camera);
  for (const stage of stages) {
    for (const ms of figures.stagesMs[stage]) measure(METRICS.visionStage, ms / 1000, { ...camera, stage });
  }
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
interface Growing<Stage extends string> extends CameraFigures<Stage> {
  frames: number;
  dropped: number;
  newestAtMs: number | null;
  readonly agesMs: number[];
  readonly stagesMs: Readonly<Record<Stage, number[]>>;
}

function emptyFigures<Stage extends string>(stages: readonly Stage[]): Growing<Stage> {
  const stagesMs = Object.fromEntries(stages.map((stage): [Stage, number[]] => [stage, []]));
  return {
    frames: 0,
    dropped: 0,
    newestAtMs: null,
    agesMs: [],
    stagesMs: stagesMs as Record<Stage, number[]>, // one list for each of the stages
  };
}

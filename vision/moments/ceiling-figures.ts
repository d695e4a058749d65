import type { CameraId } from '../../runtime/ids.ts';
import { count } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import { recordCameraFigures, type CameraFigures } from './camera-figures.ts';

/** The stages of looking at a frame from the ceiling. */
export const CEILING_STAGES = ['detect', 'track', 'frame', 'picture'] as const;
export type CeilingStage = (typeof CEILING_STAGES)[number];

/** What a ceiling camera's thread has counted since it last told. */
export interface CeilingFigures extends CameraFigures<CeilingStage> {
  /** Tracks that were seen for the first time. */
  readonly people: number;
}

/** Notes a ceiling camera's figures as metrics of this process. */
export function recordCeilingFigures(cameraId: CameraId, figures: CeilingFigures): void {
  recordCameraFigures(cameraId, figures, CEILING_STAGES);
  count(METRICS.visionPeople, figures.people, { camera_id: cameraId });
}

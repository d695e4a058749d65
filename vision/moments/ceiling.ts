import type { Camera, Networks } from '../../config/schema.ts';
import { UserError } from '../../runtime/errors.ts';
import { toCameraId } from '../../runtime/ids.ts';
import type { CameraConfig } from '../camera/pipeline-recipe.ts';
import type { NetworkInUse } from '../faces/networks-in-use.ts';
import { startCameraThread } from './camera-thread.ts';
import { recordCeilingFigures, type CeilingFigures } from './ceiling-figures.ts';
import type { CeilingOpened, CeilingThreadData } from './ceiling.thread.ts';
import type { Moment } from './moment.ts';

/** A ceiling camera as configured; a simulated one has been turned into a file before. */
export type CeilingCamera = CameraConfig & Pick<Camera, 'calibration' | 'ignore' | 'detectionsPerSecond'>;

export interface CeilingOptions {
  readonly camera: CeilingCamera;
  readonly networks: Networks;
  /** Where the camera's size stands in the configuration, for the warning about another one. */
  readonly sizePlace?: string;
  /** UTC at which a file at pace `fast` is taken to begin; now, unless given. */
  readonly fileStartedAtMs?: number;
  /** Hears every moment, in order, in the thread that started the camera. */
  readonly onMoment: (moment: Moment) => void;
  /** Hears what was counted, about once a second and at the end, beside its becoming metrics. */
  readonly onFigures?: (figures: CeilingFigures) => void;
}

export interface Ceiling {
  readonly networks: readonly NetworkInUse[];
  close(): Promise<void>;
  /** Resolves after {@link close} and at the end of a file; rejects when the camera's thread fails. */
  readonly closed: Promise<void>;
}

/**
 * Starts watching the floor from a ceiling camera, in a thread of its own. Each time it has looked it tells the moment
 * `tracks`; a few times a second `floor-overlay` and a `picture` in which nobody can be recognised.
 * @throws UserError when the camera has no calibration or an unusable one, or when it or a network can't be opened
 */
export async function startCeiling({ onMoment, onFigures, ...options }: CeilingOptions): Promise<Ceiling> {
  const { calibration, id } = options.camera;
  if (calibration === undefined) {
    throw new UserError(
      'ceiling.uncalibrated',
      `Ceiling camera ${id} has no calibration: nobody knows where on the floor plan it looks.`,
      'Mark points of its picture on the plan (the calibration page, or "smart-store calibrate") and put them under calibration.',
    );
  }
  const cameraId = toCameraId(id);
  const data: CeilingThreadData = { ...options, calibration };
  const { opened, close, closed } = await startCameraThread<CeilingOpened, CeilingFigures>({
    module: new URL('./ceiling.thread.ts', import.meta.url),
    data,
    cameraId,
    onMoment,
    onFigures(figures) {
      recordCeilingFigures(cameraId, figures);
      onFigures?.(figures);
    },
  });
  return { ...opened, close, closed };
}

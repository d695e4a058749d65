import type { CameraId } from '../../runtime/ids.ts';
import { isInside, type Polygon } from '../faces/lane.ts';
import type { FloorCalibration, PictureSize } from './pinhole.ts';
import { seesPlace } from './seen-floor.ts';
import type { FloorPoint } from './sighting.ts';

/** Which parts of the floor somebody would be seen on, and by whom. */
export interface Coverage {
  /** The cameras over the floor in whose picture somebody on this place is. */
  camerasAt(place: FloorPoint): readonly CameraId[];
  /** There are cameras for this place, and none of them is alive. */
  isDark(place: FloorPoint, isLive: (cameraId: CameraId) => boolean): boolean;
  /** Whether people on a part of the floor can be counted: cameras see it, and no part that they see is dark. */
  isCountable(isLive: (cameraId: CameraId) => boolean, polygon?: Polygon): boolean;
}

export interface CoveringCamera {
  readonly cameraId: CameraId;
  readonly size: PictureSize;
  readonly calibration: FloorCalibration;
}

const CELL_METRES = 0.5;
/** Counted although a little of it is dark, as at the border of two cameras. */
const DARK_SHARE = 0.1;

interface Cell {
  readonly place: FloorPoint;
  readonly cameras: readonly CameraId[];
}

/** @param plan the floor's size: places outside of it are nobody's */
export function createCoverage(
  cameras: readonly CoveringCamera[],
  plan: { readonly widthMetres: number; readonly heightMetres: number },
): Coverage {
  const camerasAt = (place: FloorPoint): CameraId[] =>
    cameras
      .filter(({ calibration, size }) => seesPlace(calibration, size, place))
      .map(({ cameraId }) => cameraId);
  const cells: Cell[] = [];
  for (let down = CELL_METRES / 2; down < plan.heightMetres; down += CELL_METRES) {
    for (let across = CELL_METRES / 2; across < plan.widthMetres; across += CELL_METRES) {
      const place: FloorPoint = [across, down];
      const seenBy = camerasAt(place);
      if (seenBy.length > 0) cells.push({ place, cameras: seenBy });
    }
  }
  return {
    camerasAt,
    isDark(place, isLive) {
      const seenBy = camerasAt(place);
      return seenBy.length > 0 && !seenBy.some(isLive);
    },
    isCountable(isLive, polygon) {
      const within = polygon === undefined ? cells : cells.filter(({ place }) => isInside(polygon, place));
      const dark = within.filter((cell) => !cell.cameras.some(isLive));
      return within.length > 0 && dark.length <= DARK_SHARE * within.length;
    },
  };
}

import { stringify } from 'yaml';
import type { CalibrationPort } from '../analytics/api/ports.ts';
import type { CalibrationAnswer } from '../analytics/api/schemas/calibration.ts';
import type { Calibration, FloorPlan, PointsCalibration } from '../config/floor-schema.ts';
import type { Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { calibrate, type FloorCalibration } from '../vision/floor/calibration.ts';
import { floorGrid } from '../vision/floor/floor-grid.ts';
import type { PictureSize } from '../vision/floor/pinhole.ts';
import { solvePoints } from '../vision/floor/points-calibration.ts';

type Pair = readonly [number, number];
type Plan = Pick<FloorPlan, 'widthMetres' | 'heightMetres'>;

/** What the page asks when somebody marks points: vision's geometry, in the API's words. */
export function createCalibrationPort(store: Store): CalibrationPort {
  const { floorPlan, zones } = store;
  const cameraOf = (cameraId: string) => store.cameras.find(({ id }) => id === cameraId);
  return {
    configured(cameraId) {
      const camera = cameraOf(cameraId);
      if (camera === undefined) return undefined;
      const { calibration: setting, size } = camera;
      const points = setting?.kind === 'points' ? setting.points : [];
      const fieldOfView = setting?.kind === 'points' ? setting.horizontalFieldOfViewDegrees : undefined;
      return {
        cameraId,
        kind: setting?.kind ?? null,
        size,
        points: points.map(({ image, floor }) => ({ image: [...image], floor: [...floor] })),
        horizontalFieldOfViewDegrees: fieldOfView ?? null,
        grid: setting === undefined ? [] : gridInUse(setting, size, floorPlan),
        plan: {
          widthMetres: floorPlan.widthMetres,
          heightMetres: floorPlan.heightMetres,
          fixtures: floorPlan.fixtures.map(cornersOf),
          zones: zones.map(({ name, polygon }) => ({ name, polygon: cornersOf(polygon) })),
        },
      };
    },
    solve(cameraId, { points, horizontalFieldOfViewDegrees }) {
      const camera = cameraOf(cameraId);
      if (camera === undefined) return undefined;
      const distortion = camera.calibration?.distortion;
      const setting: PointsCalibration = {
        kind: 'points',
        points,
        ...(horizontalFieldOfViewDegrees === undefined ? {} : { horizontalFieldOfViewDegrees }),
        ...(distortion === undefined ? {} : { distortion }),
      };
      return answerTo(setting, camera.size, floorPlan);
    },
  };
}

/** Of the calibration in use; none where it is unusable, for which the page shows why once its points are solved. */
function gridInUse(setting: Calibration, size: PictureSize, plan: Plan): [number, number][][] {
  try {
    return gridOf(calibrate(setting, size), plan, size);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function gridOf(calibration: FloorCalibration, plan: Plan, size: PictureSize): [number, number][][] {
  return floorGrid(calibration, plan, size).map((line) => line.map(([x, y]) => [x, y]));
}

/** Solves points and says it in numbers and words that a page or a terminal can show. */
export function answerTo(
  setting: PointsCalibration,
  size: PictureSize,
  plan: Plan | undefined,
): CalibrationAnswer {
  const { calibration, fault, residualsCm, leaveOneOutCm, suspect } = solvePoints(setting, size);
  const known = residualsCm.filter((residual) => residual !== null);
  const rms = Math.sqrt(known.reduce((sum, residual) => sum + residual * residual, 0) / known.length);
  const { pose, focalPixels } = calibration ?? {};
  return {
    usable: fault === undefined,
    fault: fault ?? null,
    warnings: [...(calibration?.warnings ?? [])],
    rmsCm: known.length === residualsCm.length ? tenths(rms) : null,
    points: residualsCm.map((residual, index) => ({
      residualCm: residual === null ? null : tenths(residual),
      othersCm: othersCm(leaveOneOutCm?.[index]),
    })),
    suspect: suspect ?? null,
    camera:
      pose === undefined || focalPixels === undefined
        ? null
        : {
            place: [hundredths(pose.place[0]), hundredths(pose.place[1])],
            heightMetres: hundredths(pose.heightMetres),
            bearingDegrees: tenths(pose.bearingDegrees),
            pitchDownDegrees: tenths(pose.pitchDownDegrees),
            horizontalFieldOfViewDegrees: tenths(
              (2 * Math.atan(size.width / 2 / focalPixels) * 180) / Math.PI,
            ),
          },
    grid: calibration === undefined || plan === undefined ? [] : gridOf(calibration, plan, size),
    yaml: calibrationYaml(setting),
  };
}

/** The lines for the camera in the configuration file. */
export function calibrationYaml(setting: PointsCalibration): string {
  const { points, horizontalFieldOfViewDegrees, distortion } = setting;
  const pairs = points.map(
    ({ image, floor }) =>
      `    - { image: [${image.map(fine).join(', ')}], floor: [${floor.map(fine).join(', ')}] }`,
  );
  const more = {
    ...(horizontalFieldOfViewDegrees === undefined ? {} : { horizontalFieldOfViewDegrees }),
    ...(distortion === undefined ? {} : { distortion }),
  };
  const rest = Object.keys(more).length === 0 ? '' : stringify(more).replace(/^(?=.)/gm, '  ');
  return `calibration:\n  kind: points\n  points:\n${pairs.join('\n')}\n${rest}`;
}

function cornersOf(polygon: readonly Pair[]): [number, number][] {
  return polygon.map(([across, down]) => [across, down]);
}

/** Four digits of a picture's share are less than half a pixel; of metres, a tenth of a millimetre. */
function fine(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function othersCm(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : tenths(value);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

import type { Command } from 'commander';
import type { CalibrationAnswer } from '../analytics/api/schemas/calibration.ts';
import type { PointsCalibration } from '../config/floor-schema.ts';
import { loadDeployment } from '../config/load.ts';
import { signedArea } from '../config/polygon.ts';
import type { Camera, Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { calibrate, type FloorCalibration, type PictureSize } from '../vision/floor/calibration.ts';
import { seenFloor } from '../vision/floor/seen-floor.ts';
import { answerTo } from './calibration-port.ts';
import { configOption, jsonOption, print, printJson } from './options.ts';
import { readPointFile } from './point-file.ts';

interface Options {
  readonly config: string;
  readonly camera?: string;
  readonly points?: string;
  readonly size?: string;
  readonly fieldOfView?: string;
  readonly json?: true;
}

/** How good the calibration of a camera is. */
interface CameraReport {
  readonly cameraId: string;
  readonly kind: 'points' | 'pose' | 'matrix' | null;
  readonly usable: boolean;
  readonly says: readonly string[];
  readonly residualsCm: readonly (number | null)[];
  readonly suspect: number | null;
  readonly seenSquareMetres: number | null;
}

/** `smart-store calibrate`: how good calibrations are, and new ones from marked points. Changes nothing. */
export function addCalibrateCommand(program: Command, findings: () => void): void {
  program
    .command('calibrate')
    .description(
      'how well cameras know the floor; with --points, a new calibration from marked points; ends with 1 when one is bad',
    )
    .addOption(configOption())
    .option('--camera <id>', 'one camera alone')
    .option('--points <file>', 'points of the picture and the plan: a table (CSV) or YAML')
    .option(
      '--size <pixels>',
      'of the picture in which they were marked, such as 1280x720 (default: the camera)',
    )
    .option('--field-of-view <degrees>', 'of the lens from left to right, where it is known')
    .addOption(jsonOption())
    .action((options: Options) => {
      if (!(options.points === undefined ? report(options) : solve(options, options.points))) findings();
    });
}

function report({ config, camera: wanted, json }: Options): boolean {
  const stores = loadDeployment(config).stores;
  const reports = stores.flatMap((store) =>
    (wanted === undefined ? store.cameras : [cameraOf(store, wanted)]).map((camera) => judge(camera, store)),
  );
  if (json) printJson({ cameras: reports });
  else print(reports.map(reportText).join('\n\n'));
  return reports.every(({ usable }) => usable);
}

function judge(camera: Camera, store: Store): CameraReport {
  const { id: cameraId, calibration: setting, size } = camera;
  const bare = { cameraId, kind: setting?.kind ?? null, residualsCm: [], suspect: null };
  if (setting === undefined) {
    // A ceiling camera without calibration is refused by the configuration; the others need none.
    return { ...bare, usable: true, says: ['not calibrated'], seenSquareMetres: null };
  }
  try {
    const calibration = calibrate(setting, size, `cameras[${cameraId}].calibration`);
    const seen = Math.abs(signedArea(seenFloor(calibration, size, store.floorPlan)));
    const answer = setting.kind === 'points' ? answerTo(setting, size, undefined) : undefined;
    return {
      ...bare,
      usable: true,
      says: describe(calibration, size, seen),
      residualsCm: answer?.points.map(({ residualCm }) => residualCm) ?? [],
      suspect: answer?.suspect ?? null,
      seenSquareMetres: Math.round(seen * 10) / 10,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const answer = setting.kind === 'points' ? answerTo(setting, size, undefined) : undefined;
    return {
      ...bare,
      usable: false,
      says: [error.message, error.next],
      residualsCm: answer?.points.map(({ residualCm }) => residualCm) ?? [],
      suspect: answer?.suspect ?? null,
      seenSquareMetres: null,
    };
  }
}

function describe(
  { pose, focalPixels, warnings }: FloorCalibration,
  size: PictureSize,
  seen: number,
): string[] {
  const says: string[] = [];
  if (pose !== undefined && focalPixels !== undefined) {
    const { place, heightMetres, bearingDegrees, pitchDownDegrees } = pose;
    const view = (2 * Math.atan(size.width / 2 / focalPixels) * 180) / Math.PI;
    says.push(
      `hangs at ${place.map((metres) => metres.toFixed(2)).join(', ')} m, ${heightMetres.toFixed(2)} m high; looks ${pitchDownDegrees.toFixed(1)}° down, bearing ${bearingDegrees.toFixed(0)}°`,
      `focal length ${focalPixels.toFixed(0)} pixels: ${view.toFixed(1)}° from left to right`,
    );
  }
  says.push(`sees ${seen.toFixed(1)} m² of the floor plan`);
  return [...says, ...warnings.map((warning) => `doubtful: ${warning}`)];
}

function solve(
  { config, camera: wanted, size: sizeText, fieldOfView, json }: Options,
  file: string,
): boolean {
  const camera = wanted === undefined ? undefined : cameraOf(loadDeployment(config).stores[0]!, wanted);
  const size = sizeText === undefined ? camera?.size : sizeOf(sizeText);
  if (size === undefined) {
    throw new UserError(
      'calibrate.size',
      'Expected the size of the picture in which the points were marked; neither --camera nor --size is given.',
      'Name a camera of the configuration (--camera ID), or the size (--size 1280x720).',
    );
  }
  const distortion = camera?.calibration?.distortion;
  const setting: PointsCalibration = {
    kind: 'points',
    points: readPointFile(file, size),
    ...(fieldOfView === undefined ? {} : { horizontalFieldOfViewDegrees: degreesOf(fieldOfView) }),
    ...(distortion === undefined ? {} : { distortion }),
  };
  const answer = answerTo(setting, size, undefined);
  if (json) printJson(answer);
  else print(answerText(answer));
  return answer.usable;
}

function reportText({ cameraId, kind, usable, says, residualsCm, suspect }: CameraReport): string {
  const state = usable ? (kind ?? 'no calibration') : 'NOT USABLE';
  return [
    `${cameraId}: ${state}`,
    ...says.map((line) => `  ${line}`),
    ...pointLines(residualsCm, suspect),
  ].join('\n');
}

function answerText({
  usable,
  fault,
  warnings,
  rmsCm,
  points,
  suspect,
  camera,
  yaml,
}: CalibrationAnswer): string {
  const lines = pointLines(
    points.map(({ residualCm }) => residualCm),
    suspect,
  );
  if (fault !== null) {
    lines.push('', `NOT USABLE: expected ${fault.expected}, found ${fault.found}.`, `To do: ${fault.next}.`);
  } else lines.push('', `Usable: the points are ${String(rmsCm)} cm off.`);
  if (camera !== null) {
    lines.push(
      `The camera hangs at ${camera.place.join(', ')} m, ${camera.heightMetres} m high, looks ${camera.pitchDownDegrees}° down and sees ${camera.horizontalFieldOfViewDegrees}° from left to right.`,
    );
  }
  lines.push(...warnings.map((warning) => `Doubtful: ${warning}.`));
  if (usable) lines.push('', 'For the camera in the configuration:', '', yaml);
  return lines.join('\n');
}

function pointLines(residualsCm: readonly (number | null)[], suspect: number | null): string[] {
  return residualsCm.map((residual, index) => {
    const off = residual === null ? 'falls nowhere on the floor' : `${residual.toFixed(1)} cm off`;
    return `  point ${index + 1}: ${off}${index === suspect ? '  <- probably wrong' : ''}`;
  });
}

function cameraOf({ cameras }: Store, wanted: string): Camera {
  const camera = cameras.find(({ id }) => id === wanted);
  if (camera !== undefined) return camera;
  const known = cameras.map(({ id }) => id).join(', ');
  throw new UserError(
    'camera.unknown',
    `There is no camera "${wanted}"; there is ${known}.`,
    'Name one of them.',
  );
}

function sizeOf(text: string): PictureSize {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) };
  throw new UserError(
    'option.size',
    `--size should be width x height in pixels, found "${text}".`,
    'Try --size 1280x720.',
  );
}

function degreesOf(text: string): number {
  const degrees = Number(text);
  if (degrees > 1 && degrees < 170) return degrees;
  throw new UserError(
    'option.number',
    `--field-of-view should be degrees between 1 and 170, found "${text}".`,
    "Look for the horizontal angle in the camera's data sheet.",
  );
}

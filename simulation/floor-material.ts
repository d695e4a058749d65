import { resolve } from 'node:path';
import type { Camera, Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { CACHE_DIR } from '../runtime/paths.ts';
import type { ReportArgs } from '../runtime/report.ts';
import { renderFloor } from './floor-render.ts';
import { readFloorTruth, type FloorTruth } from './floor-truth.ts';
import { renderDoor } from './render.ts';
import { loadScenario, type Scenario } from './scenario.ts';
import { readTruth, type DoorTruth } from './truth.ts';

/** What is played, and what was in it. */
export interface FloorMaterial {
  readonly truth: FloorTruth;
  readonly videos: ReadonlyMap<string, string>;
  /** Who is enrolled; undefined where no scenario says. */
  readonly scenario: Scenario | undefined;
  /** What happened at the doors, by camera; only of what was rendered now. */
  readonly doorTruths: ReadonlyMap<string, DoorTruth>;
}

/** Videos and truth: rendered from the configuration's scenario, or given. */
export async function floorMaterial(
  { options, lists, progress }: ReportArgs,
  store: Store,
  configPath: string,
): Promise<FloorMaterial> {
  const truthPath = options['truth'];
  return truthPath === undefined
    ? renderShop(store, configPath, progress)
    : given(resolve(String(truthPath)), lists['cameras'] ?? [], store);
}

async function renderShop(
  store: Store,
  configPath: string,
  progress: ReportArgs['progress'],
): Promise<FloorMaterial> {
  const simulated = store.cameras.flatMap(({ source, ...camera }) =>
    source.kind === 'simulation' ? [{ camera, scenarioPath: source.scenario }] : [],
  );
  const ceilings = simulated.filter(({ camera }) => camera.purpose === 'ceiling');
  const path = ceilings[0]?.scenarioPath;
  if (path === undefined) {
    throw new UserError(
      'simulation.no-camera',
      `${configPath} has no ceiling camera whose source is of kind simulation`,
      'Evaluate config/demo/store.yaml, add such a camera, or give --truth and --cameras.',
    );
  }
  const scenario = loadScenario(path);
  const outDir = `${CACHE_DIR}/simulation`;
  progress('rendering the virtual shop (kept for the next time)');
  const cameras = ceilings.map(({ camera }) => floorCameraOf(camera));
  const floor = await renderFloor({ scenario, cameras, outDir });
  const videos = new Map(floor.videos.map(({ cameraId, videoPath }) => [cameraId, videoPath]));
  const door = simulated.find(({ camera }) => camera.purpose === 'door');
  const doorTruths = new Map<string, DoorTruth>();
  if (door !== undefined) {
    const { videoPath, truthPath } = await renderDoor({ scenario, outDir });
    videos.set(door.camera.id, videoPath);
    doorTruths.set(door.camera.id, await readTruth(truthPath));
  }
  return { truth: await readFloorTruth(floor.truthPath), videos, scenario, doorTruths };
}

function floorCameraOf({
  id,
  size,
  framesPerSecond,
  calibration,
}: Omit<Camera, 'source'>): Parameters<typeof renderFloor>[0]['cameras'][number] {
  if (calibration?.kind !== 'pose') {
    throw new UserError(
      'simulation.no-pose',
      `Camera ${id} has ${calibration === undefined ? 'no calibration' : `a calibration by ${calibration.kind}`}`,
      'Give a simulated ceiling camera a calibration of kind pose: the virtual shop is drawn as it says.',
    );
  }
  return { id, size, framesPerSecond, pose: calibration };
}

/** Videos and truth that somebody else has rendered. */
async function given(truthPath: string, cameras: readonly string[], store: Store): Promise<FloorMaterial> {
  const videos = new Map(
    cameras.map((word): [string, string] => {
      const [id, path] = [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
      if (word.includes('=') && store.cameras.some((camera) => camera.id === id)) return [id, resolve(path)];
      throw new UserError(
        'simulation.camera-unknown',
        `--cameras is expected to hold CAMERA=VIDEO with a camera of the configuration (${store.cameras.map((camera) => camera.id).join(', ')}), found "${word}"`,
        'Write for example --cameras ceiling-west=west.mkv ceiling-east=east.mkv.',
      );
    }),
  );
  if (videos.size === 0) {
    throw new UserError(
      'simulation.no-videos',
      '--truth is given without --cameras',
      'Name the video of each camera: --cameras CAMERA=VIDEO CAMERA=VIDEO.',
    );
  }
  const simulated = store.cameras.find(({ source }) => source.kind === 'simulation')?.source;
  const scenario = simulated?.kind === 'simulation' ? loadScenario(simulated.scenario) : undefined;
  return { truth: await readFloorTruth(truthPath), videos, scenario, doorTruths: new Map() };
}

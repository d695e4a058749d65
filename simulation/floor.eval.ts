import { resolve } from 'node:path';
import { loadDeployment } from '../config/load.ts';
import type { Camera, Deployment, Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { toCameraId, toStoreId } from '../runtime/ids.ts';
import { CACHE_DIR, ROOT } from '../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../runtime/report.ts';
import type { GalleryMember } from '../vision/faces/gallery.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { startCeiling } from '../vision/moments/ceiling.ts';
import { startDoor } from '../vision/moments/door.ts';
import type { Moment } from '../vision/moments/moment.ts';
import { createPresence, type Presence } from '../vision/moments/presence.ts';
import { enrolGallery } from './enrolled-gallery.ts';
import { enrolmentPictures } from './enrolment.ts';
import { compareFloor } from './floor-comparison.ts';
import { playFloor } from './floor-playing.ts';
import { renderFloor } from './floor-render.ts';
import { readFloorTruth, type FloorTruth } from './floor-truth.ts';
import { renderDoor } from './render.ts';
import { loadScenario, type Scenario } from './scenario.ts';

/** Any moment will do: videos are played from it as fast as they are looked at. */
const STARTED_AT_MS = Date.UTC(2026, 0, 1);

/** The whole path across the floor, from pictures of several cameras to visits, against what happened. */
export const report: Report = {
  name: 'floor',
  summary:
    'Is everybody on the plan, where they are, as one visit from door to exit, and never under another’s name?',
  options: {
    config: 'the deployment whose cameras, zones and calibrations are used (config/demo/store.yaml)',
    truth: 'the ground truth of videos that were rendered before (rendered now, as their scenario says)',
    cameras: 'list: with --truth, the video of each camera, as CAMERA=VIDEO',
  },
  run,
};

/** What is played, and what was in it. */
interface Material {
  readonly truth: FloorTruth;
  readonly videos: ReadonlyMap<string, string>;
  /** Who is enrolled; undefined where no scenario says. */
  readonly scenario: Scenario | undefined;
}

async function run({ options, lists, progress }: ReportArgs): Promise<ReportBody> {
  const configPath = resolve(String(options['config'] ?? `${ROOT}config/demo/store.yaml`));
  const deployment = loadDeployment(configPath);
  const store = deployment.stores[0]!;
  const truthPath = options['truth'];
  const material =
    truthPath === undefined
      ? await renderShop(store, configPath, progress)
      : await given(resolve(String(truthPath)), lists['cameras'] ?? [], store);
  const { truth, videos, scenario } = material;

  const { gallery, castIds } = await enrol(scenario, deployment, videos, store, progress);
  const startedAt = performance.now();
  const moments = await watchAll(store, deployment, videos, gallery, progress);
  const watchedSeconds = (performance.now() - startedAt) / 1000;

  progress('following everybody across the floor');
  const followedAt = performance.now();
  const { samples, events } = playFloor(moments, presenceOf(store), {
    startedAtMs: STARTED_AT_MS,
    seconds: truth.seconds,
  });
  const playSeconds = (performance.now() - followedAt) / 1000;
  const { figures, lost } = compareFloor(samples, truth, (subjectKey) => castIds.get(subjectKey));
  const told = (type: string): number => events.filter((event) => event.type === type).length;
  return {
    figures: {
      ...figures,
      cameras: [...videos.keys()],
      videoSeconds: truth.seconds,
      people: truth.people.length,
      visitsStarted: told('visit.started'),
      visitsFound: told('visit.found'),
      namesGiven: told('visit.identified'),
      namesWithdrawn: told('visit.identity-withdrawn'),
      watchedSeconds,
      playSeconds,
    },
    baselines: {},
    ratios: {},
    notes: [
      'A simulation: cut-outs of sample photographs on a drawn floor, not people before cameras.',
      'Counting is judged once a second over those whom a ceiling camera shows to two fifths or more.',
      ...lost,
    ],
  };
}

async function renderShop(
  store: Store,
  configPath: string,
  progress: ReportArgs['progress'],
): Promise<Material> {
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
  if (door !== undefined) videos.set(door.camera.id, (await renderDoor({ scenario, outDir })).videoPath);
  return { truth: await readFloorTruth(floor.truthPath), videos, scenario };
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
async function given(truthPath: string, cameras: readonly string[], store: Store): Promise<Material> {
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
  return { truth: await readFloorTruth(truthPath), videos, scenario };
}

async function enrol(
  scenario: Scenario | undefined,
  { networks }: Deployment,
  videos: Material['videos'],
  store: Store,
  progress: ReportArgs['progress'],
): Promise<{ gallery: readonly GalleryMember[]; castIds: ReadonlyMap<string, string> }> {
  const hasDoor = store.cameras.some(({ id, purpose }) => purpose === 'door' && videos.has(id));
  if (!hasDoor || scenario === undefined) return { gallery: [], castIds: new Map() };
  const enrolments = await enrolmentPictures(scenario);
  progress(`enrolling ${enrolments.length} members`);
  return enrolGallery(enrolments, networks);
}

async function watchAll(
  store: Store,
  { networks, recognition }: Deployment,
  videos: Material['videos'],
  gallery: readonly GalleryMember[],
  progress: ReportArgs['progress'],
): Promise<Moment[]> {
  const moments: Moment[] = [];
  const onMoment = (moment: Moment): void => {
    if (moment.kind !== 'picture' && moment.kind !== 'floor-overlay') moments.push(moment);
  };
  for (const camera of store.cameras) {
    const path = videos.get(camera.id);
    if (path === undefined) continue;
    progress(`watching ${camera.id}`);
    const source = { kind: 'file', path, pace: 'fast', loop: false } as const;
    const common = { camera: { ...camera, source }, networks, fileStartedAtMs: STARTED_AT_MS, onMoment };
    const watching =
      camera.purpose === 'door' ? startDoor({ ...common, recognition, gallery }) : startCeiling(common);
    await (
      await watching
    ).closed;
  }
  // The end of a video is no end of the day, nor a camera's death.
  return moments.filter(({ kind }) => kind !== 'camera-lost');
}

function presenceOf(store: Store): Presence {
  const cameras = store.cameras.flatMap(({ id, purpose, size, calibration }) =>
    calibration === undefined
      ? []
      : [
          {
            cameraId: toCameraId(id),
            purpose,
            size,
            calibration: calibrate(calibration, size, `cameras[${id}].calibration`),
          },
        ],
  );
  const { floorPlan: plan, zones, lines, visits } = store;
  return createPresence({
    storeId: toStoreId(store.id),
    assumedStayMs: visits.assumedStayMinutes * 60_000,
    isSimulated: () => true,
    floor: { plan, zones, lines, visits, cameras },
  });
}

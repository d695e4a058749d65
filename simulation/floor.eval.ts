import { resolve } from 'node:path';
import { loadDeployment } from '../config/load.ts';
import type { Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { toCameraId, toStoreId } from '../runtime/ids.ts';
import { ROOT } from '../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../runtime/report.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { createPresence, type Presence } from '../vision/moments/presence.ts';
import { compareFloor } from './floor-comparison.ts';
import { floorMaterial } from './floor-material.ts';
import { playFloor } from './floor-playing.ts';
import { watchFloor } from './floor-watching.ts';
import type { TrueBoxMistakes } from './true-looks.ts';

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
    looks:
      'a file that keeps what was found in the pictures: read when it exists, else written; then following is tried out in seconds',
    boxes: '`true`: the boxes and faces of the truth take the place of the networks’',
    missed: 'with --boxes true: the share of people who are missed in a picture (0.06)',
    noise: 'with --boxes true: the error of a box’s edges, as a share of its height (0.03)',
    seed: 'with --boxes true: another number makes other mistakes (1)',
  },
  run,
};

async function run(args: ReportArgs): Promise<ReportBody> {
  const { options, progress } = args;
  const configPath = resolve(String(options['config'] ?? `${ROOT}config/demo/store.yaml`));
  const deployment = loadDeployment(configPath);
  const store = deployment.stores[0]!;
  const trueBoxes = trueBoxesOf(options);
  const looksPath = options['looks'] === undefined ? undefined : resolve(String(options['looks']));
  const material = await floorMaterial(args, store, configPath);
  const { truth, videos } = material;

  const startedAt = performance.now();
  const { moments, castIds } = await watchFloor({
    deployment,
    material,
    startedAtMs: STARTED_AT_MS,
    trueBoxes,
    looksPath,
    progress,
  });
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
      ...(trueBoxes === undefined
        ? []
        : [
            'The boxes are the truth’s: this says what following makes of them, not how well people are found.',
          ]),
      'Counting is judged once a second over those whom a ceiling camera shows to two fifths or more.',
      ...lost,
    ],
  };
}

function trueBoxesOf(options: ReportArgs['options']): TrueBoxMistakes | undefined {
  const { boxes } = options;
  if (boxes === undefined) return undefined;
  if (boxes !== 'true') {
    throw new UserError(
      'simulation.boxes-unknown',
      `--boxes is expected to be "true", found "${boxes}"`,
      'Leave it out to have people found by the networks, or write --boxes true.',
    );
  }
  const number = (name: string, otherwise: number): number => {
    const value = options[name] === undefined ? otherwise : Number(options[name]);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UserError(
      'simulation.not-a-number',
      `--${name} is expected to be a number of 0 or more, found "${options[name]}"`,
      `Write for example --${name} ${otherwise}.`,
    );
  };
  return { missed: number('missed', 0.06), noise: number('noise', 0.03), seed: number('seed', 1) };
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

import { resolve } from 'node:path';
import { loadDeployment } from '../config/load.ts';
import type { Camera } from '../config/schema.ts';
import { toCameraId } from '../runtime/ids.ts';
import { ROOT } from '../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../runtime/report.ts';
import { openPersonDetector, type PersonDetector } from '../vision/detection/person-detector.ts';
import { CEILING_TILES, choosePersonNetwork } from '../vision/detection/person-network.ts';
import { createCeilingWatch } from '../vision/moments/ceiling-watch.ts';
import { compareDetection, type CameraLooks, type Claim } from './detection-comparison.ts';
import { lookThrough, type CeilingLooks } from './floor-looks.ts';
import { floorMaterial } from './floor-material.ts';
import { judgePictures } from './mot-pictures.ts';

/** People in single pictures: the virtual shop's ceilings, or MOTChallenge sequences with their pictures. */
export const report: Report = {
  name: 'detection',
  summary:
    'Is everybody in a picture found, and nobody else? By camera and by how much of a person can be seen.',
  options: {
    config: 'the deployment whose ceiling cameras are judged (config/demo/store.yaml)',
    truth: 'the ground truth of videos that were rendered before (rendered now, as their scenario says)',
    cameras: 'list: with --truth, the video of each camera, as CAMERA=VIDEO',
    mot: 'list: instead, folders of MOTChallenge sequences with img1/ and gt/gt.txt, or folders of such',
    every: 'with --mot: take every n-th picture only (5)',
  },
  run,
};

/** A tracker wants the unsure ones too (`ceiling.thread.ts`). */
const LEAST_SCORE = 0.1;

async function run(args: ReportArgs): Promise<ReportBody> {
  const { options, lists, progress } = args;
  const configPath = resolve(String(options['config'] ?? `${ROOT}config/demo/store.yaml`));
  const deployment = loadDeployment(configPath);
  const network = await choosePersonNetwork();
  const tiles = CEILING_TILES[network];
  const detector = await openPersonDetector(network, {
    ...deployment.networks,
    minimumScore: LEAST_SCORE,
    tiles,
  });
  const timed = createTimed(detector);
  try {
    const sequences = lists['mot'] ?? [];
    const judged =
      sequences.length > 0
        ? await judgePictures(sequences, Number(options['every'] ?? 5), timed.detect, progress)
        : await judgeShop(args, configPath, timed.detect);
    return {
      figures: {
        ...judged,
        network,
        tiles: `${tiles.columns} x ${tiles.rows}`,
        msPerLook: timed.msPerLook(),
      },
      baselines: {},
      ratios: {},
      notes: [
        'sure: with a score from 0.6 on; any: also those of whom only the tracker hears, from 0.1 on.',
        'Visibility counts what people, furniture and the picture’s edge leave of a body.',
      ],
    };
  } finally {
    await detector.close();
  }
}

async function judgeShop(
  args: ReportArgs,
  configPath: string,
  detect: PersonDetector['detect'],
): Promise<Readonly<Record<string, unknown>>> {
  const store = loadDeployment(configPath).stores[0]!;
  // Doors are left out: rendering them takes long, and people are looked for from above.
  const ceilings = store.cameras.filter(({ purpose }) => purpose === 'ceiling');
  const { truth, videos } = await floorMaterial(args, { ...store, cameras: ceilings }, configPath);
  const cameras: CameraLooks[] = [];
  for (const camera of ceilings.filter(({ id }) => videos.has(id))) {
    args.progress(`looking for people before ${camera.id}`);
    const looks = await lookThrough(camera, videos.get(camera.id)!, detect);
    cameras.push(await followed(looks, camera));
  }
  return { ...compareDetection(cameras, truth), seed: truth.seed };
}

/** The looks, and what the camera tells of them after following. */
async function followed({ cameraId, looks }: CeilingLooks, camera: Camera): Promise<CameraLooks> {
  const { size } = camera;
  let found: readonly Claim[] = [];
  const watch = createCeilingWatch(
    { ...camera, cameraId: toCameraId(cameraId) },
    {
      detector: { detect: () => Promise.resolve([...found]) },
      appearanceOf: () => undefined,
      placeOf: () => undefined,
      onMoment: () => undefined,
    },
  );
  const out: { seconds: number; found: readonly Claim[]; told: readonly Claim[] }[] = [];
  for (const look of looks) {
    found = look.found;
    const { people } = await watch.see({
      ...size,
      cameraId: toCameraId(cameraId),
      capturedAtMs: Math.round(look.seconds * 1000),
      streamSeconds: look.seconds,
      rgb: new Uint8Array(0),
      dropped: 0,
    });
    out.push({ seconds: look.seconds, found, told: people.map(({ boxXyxy }) => ({ boxXyxy, score: 1 })) });
  }
  return { cameraId, size, looks: out };
}

function createTimed(detector: PersonDetector): {
  readonly detect: PersonDetector['detect'];
  msPerLook(): number;
} {
  let [ms, looks] = [0, 0];
  return {
    async detect(frame) {
      const startedMs = performance.now();
      const found = await detector.detect(frame);
      ms += performance.now() - startedMs;
      looks++;
      return found;
    },
    msPerLook: () => ms / Math.max(1, looks),
  };
}

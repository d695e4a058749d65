import { existsSync } from 'node:fs';
import type { Camera, Deployment, Store } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import type { ReportArgs } from '../runtime/report.ts';
import { openPersonDetector } from '../vision/detection/person-detector.ts';
import { CEILING_TILES, choosePersonNetwork } from '../vision/detection/person-network.ts';
import type { GalleryMember } from '../vision/faces/gallery.ts';
import { startCeiling } from '../vision/moments/ceiling.ts';
import { startDoor } from '../vision/moments/door.ts';
import type { Moment } from '../vision/moments/moment.ts';
import { enrolGallery } from './enrolled-gallery.ts';
import { enrolmentPictures } from './enrolment.ts';
import {
  lookThrough,
  readLooks,
  tellLooks,
  writeLooks,
  type CeilingLooks,
  type FloorLooks,
} from './floor-looks.ts';
import type { FloorMaterial } from './floor-material.ts';
import { trueDetector, trueDoor, withMistakes, type TrueBoxMistakes } from './true-looks.ts';

/** What cameras told, and who is behind the pseudonyms in it. */
export interface Watched {
  readonly moments: readonly Moment[];
  readonly castIds: ReadonlyMap<string, string>;
}

export interface WatchingOptions {
  readonly deployment: Deployment;
  readonly material: FloorMaterial;
  readonly startedAtMs: number;
  /** The truth's boxes and faces take the place of what networks find, with these mistakes. */
  readonly trueBoxes: TrueBoxMistakes | undefined;
  /** What was found is kept there: read when it exists, else written. */
  readonly looksPath: string | undefined;
  readonly progress: ReportArgs['progress'];
}

/** A tracker wants the unsure ones too (`ceiling.thread.ts`). */
const LEAST_SCORE = 0.1;

/** Watches all videos: on the path of a store, or, to tell the mistakes of finding from those of following, apart. */
export async function watchFloor(options: WatchingOptions): Promise<Watched> {
  const { trueBoxes, looksPath, startedAtMs, deployment } = options;
  const store = deployment.stores[0]!;
  if (trueBoxes === undefined && looksPath === undefined) {
    const { gallery, castIds } = await enrol(options);
    const moments = await watchThreads(store.cameras, gallery, options);
    return { moments, castIds };
  }
  const looks = await gatherLooks(options);
  const told = [...looks.doors];
  for (const ceiling of looks.ceilings) {
    const camera = cameraOf(store, ceiling.cameraId);
    const found = trueBoxes === undefined ? ceiling : withMistakes(ceiling, trueBoxes, camera);
    told.push(...(await tellLooks(found, camera, startedAtMs)));
  }
  return { moments: told, castIds: new Map(looks.castIds) };
}

async function gatherLooks(options: WatchingOptions): Promise<FloorLooks> {
  const { looksPath, trueBoxes, deployment, material } = options;
  if (looksPath !== undefined && existsSync(looksPath)) return readLooks(looksPath);
  const cameras = deployment.stores[0]!.cameras.filter(({ id }) => material.videos.has(id));
  const ceilings = cameras.filter(({ purpose }) => purpose === 'ceiling');
  const doors = cameras.filter(({ purpose }) => purpose === 'door');
  const found =
    trueBoxes === undefined
      ? { ...(await findFaces(doors, options)), ceilings: await findPeople(ceilings, options) }
      : { ...trueFaces(doors, options), ceilings: await truePeople(ceilings, options) };
  const looks: FloorLooks = { version: 1, ...found };
  if (looksPath !== undefined) await writeLooks(looksPath, looks);
  return looks;
}

async function truePeople(ceilings: readonly Camera[], options: WatchingOptions): Promise<CeilingLooks[]> {
  const { truth, videos } = options.material;
  const found: CeilingLooks[] = [];
  for (const camera of ceilings) {
    options.progress(`reading what people wear before ${camera.id}`);
    found.push(await lookThrough(camera, videos.get(camera.id)!, trueDetector(truth, camera)));
  }
  return found;
}

function trueFaces(
  doors: readonly Camera[],
  { material, startedAtMs }: WatchingOptions,
): Pick<FloorLooks, 'doors' | 'castIds'> {
  const told = doors.map((camera) => {
    const truth = material.doorTruths.get(camera.id);
    if (truth !== undefined) return trueDoor(truth, camera, startedAtMs);
    throw new UserError(
      'simulation.no-door-truth',
      `--boxes true needs the ground truth of ${camera.id}, and --truth gives that of the floor alone`,
      'Leave out --truth: the shop is then rendered from the scenario, with all its truth.',
    );
  });
  return {
    doors: told.flatMap(({ moments }) => moments),
    castIds: told.flatMap(({ castIds }) => [...castIds]),
  };
}

async function findPeople(ceilings: readonly Camera[], options: WatchingOptions): Promise<CeilingLooks[]> {
  const { deployment, material, progress } = options;
  const network = await choosePersonNetwork();
  const detector = await openPersonDetector(network, {
    ...deployment.networks,
    minimumScore: LEAST_SCORE,
    tiles: CEILING_TILES[network],
  });
  const found: CeilingLooks[] = [];
  try {
    for (const camera of ceilings) {
      progress(`looking for people before ${camera.id}`);
      const detect = (frame: Parameters<typeof detector.detect>[0]) => detector.detect(frame);
      found.push(await lookThrough(camera, material.videos.get(camera.id)!, detect));
    }
  } finally {
    await detector.close();
  }
  return found;
}

async function findFaces(
  doors: readonly Camera[],
  options: WatchingOptions,
): Promise<Pick<FloorLooks, 'doors' | 'castIds'>> {
  const { gallery, castIds } = await enrol(options);
  return { doors: await watchThreads(doors, gallery, options), castIds: [...castIds] };
}

async function enrol({ deployment, material: { scenario, videos }, progress }: WatchingOptions): Promise<{
  gallery: readonly GalleryMember[];
  castIds: ReadonlyMap<string, string>;
}> {
  const { cameras } = deployment.stores[0]!;
  const hasDoor = cameras.some(({ id, purpose }) => purpose === 'door' && videos.has(id));
  if (!hasDoor || scenario === undefined) return { gallery: [], castIds: new Map() };
  const enrolments = await enrolmentPictures(scenario);
  progress(`enrolling ${enrolments.length} members`);
  return enrolGallery(enrolments, deployment.networks);
}

async function watchThreads(
  cameras: readonly Camera[],
  gallery: readonly GalleryMember[],
  { deployment: { networks, recognition }, material, startedAtMs, progress }: WatchingOptions,
): Promise<Moment[]> {
  const moments: Moment[] = [];
  const onMoment = (moment: Moment): void => {
    if (moment.kind !== 'picture' && moment.kind !== 'floor-overlay') moments.push(moment);
  };
  for (const camera of cameras) {
    const path = material.videos.get(camera.id);
    if (path === undefined) continue;
    progress(`watching ${camera.id}`);
    const source = { kind: 'file', path, pace: 'fast', loop: false } as const;
    const common = { camera: { ...camera, source }, networks, fileStartedAtMs: startedAtMs, onMoment };
    const watching =
      camera.purpose === 'door' ? startDoor({ ...common, recognition, gallery }) : startCeiling(common);
    await (
      await watching
    ).closed;
  }
  // The end of a video is no end of the day, nor a camera's death.
  return moments.filter(({ kind }) => kind !== 'camera-lost');
}

function cameraOf(store: Store, id: string): Camera {
  const camera = store.cameras.find((one) => one.id === id);
  if (camera !== undefined) return camera;
  throw new UserError(
    'simulation.camera-unknown',
    `--looks holds camera ${id}, which the configuration lacks`,
    'Name the file of this configuration, or one that does not exist yet: then it is written.',
  );
}

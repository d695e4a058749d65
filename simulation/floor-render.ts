import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from './content-hash.ts';
import { startCrew } from './crew.ts';
import { filmView } from './film.ts';
import type { PaintedPerson } from './floor-sight.ts';
import { floorTruthOf, FLOOR_TRUTH_PER_SECOND, type CameraSightings } from './floor-truth.ts';
import { planFloor, shopSeconds } from './floor-walks.ts';
import { planWalks } from './plan.ts';
import type { Scenario } from './scenario.ts';
import type { CeilingView, FloorCamera } from './view.ts';

export interface RenderFloorOptions {
  readonly scenario: Scenario;
  /** All ceiling cameras of the shop: they are rendered together and share one truth. */
  readonly cameras: readonly FloorCamera[];
  /** Made when missing. Videos are named by their content and kept side by side. */
  readonly outDir: string;
  /** 0..1 of all videos, at most about once in a hundredth. */
  readonly onProgress?: (fraction: number) => void;
  readonly threads?: number;
}

export interface RenderedFloor {
  /** In the order of the cameras. */
  readonly videos: readonly { readonly cameraId: string; readonly videoPath: string }[];
  readonly truthPath: string;
  /** After so long the videos begin again, together with the door's. */
  readonly seconds: number;
  /** They were there already. */
  readonly cached: boolean;
}

/**
 * Renders the ceiling cameras' videos (H.264 in Matroska) and their common ground truth (JSON,
 * {@link import('./floor-truth.ts').FloorTruth}). The people are those of {@link import('./render.ts').renderDoor} of the
 * same scenario, at the same seconds. All files appear complete or not at all; what is there is not rendered again.
 * @throws UserError when GStreamer lacks an encoder, a photograph is missing or the folder can't be written
 */
export async function renderFloor(options: RenderFloorOptions): Promise<RenderedFloor> {
  const { scenario, cameras, outDir, onProgress, threads } = options;
  const wanted = cameras.map(({ id, size, framesPerSecond, pose }) => ({ id, size, framesPerSecond, pose }));
  const hash = await contentHash({ scenario, cameras: wanted }, [
    'floor-painter.ts',
    'floor-backdrop.ts',
    'floor-truth.ts',
    'cutout.ts',
  ]);
  const videos = cameras.map(({ id }) => ({
    cameraId: id,
    videoPath: join(outDir, `floor-${hash}-${id}.mkv`),
  }));
  const truthPath = join(outDir, `floor-${hash}.truth.json`);
  const walks = planWalks(scenario);
  const done = { videos, truthPath, seconds: shopSeconds(scenario, walks) };
  if (await allExist([truthPath, ...videos.map(({ videoPath }) => videoPath)])) {
    return { ...done, cached: true };
  }

  await mkdir(outDir, { recursive: true });
  const day = planFloor(scenario, walks);
  const views = cameras.map((camera): CeilingView => ({ kind: 'ceiling', camera, day }));
  const partial = (name: string): string => join(outDir, `.floor-${hash}-${name}.${process.pid}`);
  const sightings: CameraSightings[] = [];
  const crew = await startCrew(scenario, views, threads);
  try {
    for (const [view, camera] of cameras.entries()) {
      const { id, size, framesPerSecond } = camera;
      const frames = Math.ceil(day.seconds * framesPerSecond - 1e-6);
      const ticks = createTicks(framesPerSecond);
      const path = `${partial(id)}.mkv`;
      await filmView({ crew, view, frames, path, scenario, size, framesPerSecond }, ({ frame, people }) => {
        ticks.add(frame, people);
        if (frame % Math.ceil(frames / 100) === 0) onProgress?.((view + frame / frames) / cameras.length);
      });
      sightings.push({ camera, ticks: ticks.all });
    }
  } finally {
    await crew.close();
  }
  await writeFile(partial('truth'), JSON.stringify(floorTruthOf(scenario, day, sightings)));
  for (const { cameraId, videoPath } of videos) await rename(`${partial(cameraId)}.mkv`, videoPath);
  await rename(partial('truth'), truthPath);
  onProgress?.(1);
  return { ...done, cached: false };
}

/** Keeps who is seen at each moment of the truth: in the frame that is nearest to it. */
function createTicks(framesPerSecond: number): {
  add(frame: number, people: readonly PaintedPerson[]): void;
  readonly all: readonly (readonly PaintedPerson[])[];
} {
  const all: (readonly PaintedPerson[])[] = [];
  return {
    all,
    add(frame, people) {
      while (Math.round((all.length * framesPerSecond) / FLOOR_TRUTH_PER_SECOND) <= frame) all.push(people);
    },
  };
}

function allExist(paths: readonly string[]): Promise<boolean> {
  return Promise.all(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  );
}

import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from './content-hash.ts';
import { startCrew } from './crew.ts';
import { filmView } from './film.ts';
import type { PaintedFace } from './painter.ts';
import { planSeconds, planWalks } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { truthOf } from './truth.ts';
import { sizeOfView } from './view.ts';

export interface RenderOptions {
  readonly scenario: Scenario;
  /** Made when missing. Videos are named by their content and kept side by side. */
  readonly outDir: string;
  /** 0..1, at most about once in a hundredth. */
  readonly onProgress?: (fraction: number) => void;
  readonly threads?: number;
}

export interface RenderedDoor {
  readonly videoPath: string;
  readonly truthPath: string;
  /** It was there already. */
  readonly cached: boolean;
}

/**
 * Renders the door camera's video (H.264 in Matroska) and its ground truth (JSON, {@link DoorTruth}). The same scenario,
 * photographs and renderer give the same pictures, so a video that is there is not rendered again. Both files appear
 * complete or not at all.
 * @throws UserError when GStreamer lacks an encoder, a photograph is missing or the folder can't be written
 */
export async function renderDoor(options: RenderOptions): Promise<RenderedDoor> {
  const { scenario, outDir, onProgress } = options;
  // What people do on the floor changes nothing at the door.
  const name = `door-${await contentHash({ ...scenario, floor: undefined }, ['painter.ts', 'backdrop.ts', 'cutout.ts', 'truth.ts'])}`;
  const videoPath = join(outDir, `${name}.mkv`);
  const truthPath = join(outDir, `${name}.truth.json`);
  if ((await exists(videoPath)) && (await exists(truthPath))) return { videoPath, truthPath, cached: true };

  await mkdir(outDir, { recursive: true });
  const walks = planWalks(scenario);
  const { framesPerSecond } = scenario.camera;
  const frames = Math.ceil(planSeconds(scenario, walks) * framesPerSecond);
  const partial = join(outDir, `.${name}.${process.pid}.mkv`);
  const views = [{ kind: 'door', walks }] as const;
  const crew = await startCrew(scenario, views, options.threads);
  const shown: { frame: number; faces: readonly PaintedFace[] }[] = [];
  try {
    await filmView(
      { crew, view: 0, frames, path: partial, scenario, size: sizeOfView(views[0]), framesPerSecond },
      ({ frame, faces }) => {
        shown.push({ frame, faces });
        if (frame % Math.ceil(frames / 100) === 0) onProgress?.(frame / frames);
      },
    );
  } finally {
    await crew.close();
  }
  const truth = truthOf(scenario, walks, shown, frames);
  await writeFile(`${partial}.json`, JSON.stringify(truth));
  await rename(`${partial}.json`, truthPath);
  await rename(partial, videoPath);
  onProgress?.(1);
  return { videoPath, truthPath, cached: false };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

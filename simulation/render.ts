import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openVideoWriter } from '../vision/gstreamer/video-writer.ts';
import { castMember } from './cast.ts';
import { startCrew } from './crew.ts';
import { faceBoxAt, type PaintedFace } from './painter.ts';
import { photographPath } from './photographs.ts';
import { planSeconds, planWalks, walkSeconds, type Walk } from './plan.ts';
import type { Cutout } from './cutout.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA, ENTRANCE_LINE, isInside, LANE_POLYGON } from './scene.ts';
import type { DoorTruth, TruthFace, TruthVisit } from './truth.ts';

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

const TRUTH_PER_SECOND = 5;

/**
 * Renders the door camera's video (H.264 in Matroska) and its ground truth (JSON, {@link DoorTruth}). The same scenario,
 * photographs and renderer give the same pictures, so a video that is there is not rendered again. Both files appear
 * complete or not at all.
 * @throws UserError when GStreamer lacks an encoder, a photograph is missing or the folder can't be written
 */
export async function renderDoor(options: RenderOptions): Promise<RenderedDoor> {
  const { scenario, outDir, onProgress } = options;
  const name = `door-${(await contentHash(scenario)).slice(0, 16)}`;
  const videoPath = join(outDir, `${name}.mkv`);
  const truthPath = join(outDir, `${name}.truth.json`);
  if ((await exists(videoPath)) && (await exists(truthPath))) return { videoPath, truthPath, cached: true };

  await mkdir(outDir, { recursive: true });
  const walks = planWalks(scenario);
  const { framesPerSecond, quality } = scenario.camera;
  const frames = Math.ceil(planSeconds(scenario, walks) * framesPerSecond);
  const partial = join(outDir, `.${name}.${process.pid}.mkv`);
  const crew = await startCrew(scenario, walks, options.threads);
  const writer = openVideoWriter({ path: partial, ...sizeOf(), framesPerSecond, quality });
  const seen: { frame: number; faces: readonly PaintedFace[] }[] = [];
  try {
    for await (const { frame, rgb, faces } of crew.paint(0, frames)) {
      await writer.write(rgb);
      seen.push({ frame, faces });
      if (frame % Math.ceil(frames / 100) === 0) onProgress?.(frame / frames);
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await crew.close();
  }
  const truth = truthOf(scenario, walks, crew.cutouts, seen, frames);
  await writeFile(`${partial}.json`, JSON.stringify(truth));
  await rename(`${partial}.json`, truthPath);
  await rename(partial, videoPath);
  await rm(`${partial}.json`, { force: true });
  onProgress?.(1);
  return { videoPath, truthPath, cached: false };
}

/** What the rendered frames show, in words and boxes. */
export function truthOf(
  scenario: Scenario,
  walks: readonly Walk[],
  cutouts: ReadonlyMap<string, Cutout>,
  seen: readonly { readonly frame: number; readonly faces: readonly PaintedFace[] }[],
  frames: number,
): DoorTruth {
  const { framesPerSecond } = scenario.camera;
  const every = Math.max(1, Math.round(framesPerSecond / TRUTH_PER_SECOND));
  const facesByVisit = new Map<number, TruthFace[]>();
  for (const { frame, faces } of seen) {
    if (frame % every !== 0) continue;
    for (const face of faces) {
      const inPicture = truthFace(frame / framesPerSecond, face);
      if (!inPicture) continue;
      const list = facesByVisit.get(face.visit) ?? [];
      list.push(inPicture);
      facesByVisit.set(face.visit, list);
    }
  }
  const { geometry } = DOOR_CAMERA;
  return {
    version: 1,
    simulated: true,
    seed: scenario.seed,
    seconds: frames / framesPerSecond,
    camera: { ...geometry, framesPerSecond },
    lanePolygon: LANE_POLYGON.map(([x, y]): [number, number] => [x, y]),
    entranceLine: { from: [...ENTRANCE_LINE.from], to: [...ENTRANCE_LINE.to] },
    visits: walks.map((walk): TruthVisit => ({
      visit: walk.visit,
      identity: walk.castId,
      givenName: castMember(walk.castId).givenName,
      member: walk.member,
      lane: walk.lane,
      enteredAtSeconds: entrySeconds(walk, cutouts.get(walk.castId)!),
      faces: facesByVisit.get(walk.visit) ?? [],
    })),
  };
}

function truthFace(seconds: number, { boxXyxy, visible }: PaintedFace): TruthFace | undefined {
  const { width, height } = DOOR_CAMERA.geometry;
  const [left, top, right, bottom] = boxXyxy;
  const box: TruthFace['boxXyxy'] = [
    round(Math.max(0, left), 10),
    round(Math.max(0, top), 10),
    round(Math.min(width, right), 10),
    round(Math.min(height, bottom), 10),
  ];
  if (box[2] - box[0] < 4 || box[3] - box[1] < 4) return undefined;
  const centre = [(left + right) / 2 / width, (top + bottom) / 2 / height] as const;
  return {
    seconds: round(seconds, 1000),
    boxXyxy: box,
    visible: round(visible, 100),
    inLane: isInside(LANE_POLYGON, centre),
  };
}

/** When the face's centre passes the entrance line, found by halving: a walker only ever comes nearer. */
function entrySeconds(walk: Walk, cutout: Cutout): number {
  const line = ENTRANCE_LINE.from[1] * DOOR_CAMERA.geometry.height;
  let before = walk.startSeconds;
  let after = walk.startSeconds + walkSeconds(walk);
  while (after - before > 0.001) {
    const middle = (before + after) / 2;
    const box = faceBoxAt(walk, cutout, middle);
    if (box && (box[1] + box[3]) / 2 < line) before = middle;
    else after = middle;
  }
  return round(after, 1000);
}

/** Everything that the pictures are made from: the scenario, the photographs and this folder's code. */
async function contentHash(scenario: Scenario): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(scenario));
  for (const number of [1, 2, 3, 4, 5, 6] as const) hash.update(await readFile(photographPath(number)));
  const folder = new URL('./', import.meta.url);
  const sources = (await readdir(folder)).filter(
    (file) => file.endsWith('.ts') && !/\.(test|eval)\.ts$/.test(file),
  );
  for (const file of sources.sort()) hash.update(file).update(await readFile(new URL(file, folder)));
  return hash.digest('hex');
}

function sizeOf(): { width: number; height: number } {
  const { width, height } = DOOR_CAMERA.geometry;
  return { width, height };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}

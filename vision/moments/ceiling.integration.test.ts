import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import { openFaceDetector } from '../faces/face-detector.ts';
import { readPicture } from '../faces/picture-file.ts';
import { startCeiling, type CeilingCamera, type CeilingOptions } from './ceiling.ts';
import type { CeilingFigures } from './ceiling-figures.ts';
import type { Moment } from './moment.ts';

const PHOTOGRAPH = join(ROOT, 'node_modules/@vladmandic/face-api/demo/sample6.jpg');
const SIZE = { width: 640, height: 360 };
const FRAMES = 16;
const FRAMES_PER_SECOND = 10;
const LOOKS_PER_SECOND = 5;
/** Pixels that the four people of the photograph move to the right with each frame. */
const STEP = 6;

let folder: string;
let moments: Moment[];
let figures: CeilingFigures[];

/** Four people, seen to their hips, who all walk to the right before a wall. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ceiling-'));
  const people = await sharp(PHOTOGRAPH).resize({ height: 300 }).toBuffer();
  for (let frame = 0; frame < FRAMES; frame++) {
    await sharp({ create: { ...SIZE, channels: 3, background: '#9a958c' } })
      .composite([{ input: people, left: 40 + STEP * frame, top: 20 }])
      .jpeg({ quality: 92 })
      .toFile(join(folder, `${String(frame + 1).padStart(4, '0')}.jpg`));
  }
  ({ moments, figures } = await watch());
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const camera = (): CeilingCamera => ({
  id: 'ceiling-1',
  size: SIZE,
  framesPerSecond: FRAMES_PER_SECOND,
  stallSeconds: 5,
  source: {
    kind: 'file',
    path: join(folder, '%04d.jpg'),
    pace: 'fast',
    loop: false,
    framesPerSecond: FRAMES_PER_SECOND,
  },
  detectionsPerSecond: LOOKS_PER_SECOND,
  ignore: [],
  calibration: {
    kind: 'pose',
    place: [5, 6],
    heightMetres: 3,
    bearingDegrees: 0,
    pitchDownDegrees: 35,
    rollDegrees: 0,
    horizontalFieldOfViewDegrees: 80,
  },
});

async function watch(changes: Partial<CeilingOptions> = {}) {
  const moments: Moment[] = [];
  const figures: CeilingFigures[] = [];
  const ceiling = await startCeiling({
    camera: camera(),
    networks: { executionProvider: 'cpu', threads: 1 },
    fileStartedAtMs: 1_000_000,
    onMoment: (moment) => moments.push(moment),
    onFigures: (told) => figures.push(told),
    ...changes,
  });
  await ceiling.closed;
  return { moments, figures };
}

const ofKind = <Kind extends Moment['kind']>(kind: Kind) =>
  moments.filter((moment): moment is Extract<Moment, { kind: Kind }> => moment.kind === kind);

describe('a video of the floor', () => {
  test('is looked at as often as configured, in the order of time', () => {
    expect(moments[0]?.kind).toBe('camera-connected');
    const times = ofKind('tracks').map(({ atMs }) => atMs - 1_000_000);
    expect(times.slice(0, 8)).toEqual([0, 200, 400, 600, 800, 1000, 1200, 1400]);
    expect(times.at(-1)).toBe(1500); // the end of the video
  });

  test('gives four people an id each, which they keep while they walk', () => {
    const counts = new Map<string, number>();
    for (const { tracks } of ofKind('tracks')) {
      for (const { trackId } of tracks) counts.set(trackId, (counts.get(trackId) ?? 0) + 1);
    }
    expect([...counts.values()].filter((count) => count >= 5)).toHaveLength(4);
  });

  test('says how they walk across the plan, and how sure that is', () => {
    const walks = new Map<string, number[]>();
    for (const { trackId, place } of ofKind('tracks').flatMap(({ tracks }) => tracks)) {
      walks.set(trackId, [...(walks.get(trackId) ?? []), place[0]]);
    }
    const long = [...walks.values()].filter((walk) => walk.length >= 5);
    expect(long.length).toBeGreaterThanOrEqual(3);
    for (const walk of long) expect(walk.at(-1)! - walk[0]!).toBeGreaterThan(0.1);
    for (const { covariance, appearance } of ofKind('tracks').flatMap(({ tracks }) => tracks)) {
      expect(covariance[0]).toBeGreaterThan(0);
      expect(covariance[0] * covariance[2]).toBeGreaterThan(covariance[1] ** 2);
      expect(appearance === undefined || appearance.length === 32).toBe(true);
    }
  });

  test('ends every track with the video', () => {
    const ended = ofKind('tracks').flatMap((moment) => moment.ended);
    const told = new Set(ofKind('tracks').flatMap(({ tracks }) => tracks.map(({ trackId }) => trackId)));
    expect(new Set(ended).size).toBe(ended.length);
    for (const trackId of told) expect(ended).toContain(trackId);
  });

  test('shows boxes, and a live picture in which no face can be found', async () => {
    expect(ofKind('floor-overlay').at(-1)!.people.length).toBeGreaterThanOrEqual(3);
    const detector = await openFaceDetector('blazeface');
    const facesIn = async (path: string) =>
      (await detector.detect(await readPicture(path), undefined, 20)).length;
    const shown = join(folder, 'shown.jpg');
    await sharp(ofKind('picture').at(-1)!.jpeg).toFile(shown);
    const [original, hidden] = [await facesIn(join(folder, '0015.jpg')), await facesIn(shown)];
    await detector.close();
    expect([original, hidden]).toEqual([4, 0]);
  });

  test('counts what it did, and how long it took', () => {
    const sum = (pick: (told: CeilingFigures) => number): number =>
      figures.reduce((total, told) => total + pick(told), 0);
    expect(sum(({ frames }) => frames)).toBe(8);
    expect(sum(({ people }) => people)).toBeGreaterThanOrEqual(4);
    expect(sum(({ stagesMs }) => stagesMs.detect.length)).toBe(8);
    expect(sum(({ stagesMs }) => stagesMs.track.length)).toBe(8);
  });

  test('carries no pixels in what is told', () => {
    for (const moment of moments) {
      if (moment.kind === 'picture') continue;
      expect(JSON.stringify(moment).length).toBeLessThan(8000);
    }
  });
});

test('a ceiling camera that was not calibrated says so', async () => {
  const uncalibrated = Object.fromEntries(
    Object.entries(camera()).filter(([key]) => key !== 'calibration'),
  ) as Omit<CeilingCamera, 'calibration'>; // just filtered
  await expect(watch({ camera: uncalibrated })).rejects.toMatchObject({ code: 'ceiling.uncalibrated' });
});

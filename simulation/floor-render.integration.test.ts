import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderFloor, type RenderedFloor } from './floor-render.ts';
import { presentAt, readFloorTruth, VISIBLE_FROM, type FloorTruth } from './floor-truth.ts';
import { planWalks } from './plan.ts';
import { poseCamera } from './pose-camera.ts';
import { parseScenario } from './scenario.ts';
import type { FloorCamera } from './view.ts';

const scenario = parseScenario(
  'seed: 5\nshoppers: 2\nminutes: 0.6\nmembers: [6a]\nmemberShare: 0.5\nfloor: { staff: 1, staySeconds: [10, 12], payShare: 0, fittingShare: 0 }\n',
  'test.yaml',
);
const camera: FloorCamera = {
  id: 'ceiling-west',
  size: { width: 320, height: 180 },
  framesPerSecond: 5,
  pose: {
    place: [9, 0.3],
    heightMetres: 3,
    bearingDegrees: 217,
    pitchDownDegrees: 27,
    horizontalFieldOfViewDegrees: 70,
  },
};

describe('a rendered floor', () => {
  let outDir: string;
  let rendered: RenderedFloor;
  let truth: FloorTruth;
  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'smart-store-floor-'));
    rendered = await renderFloor({ scenario, cameras: [camera], outDir });
    truth = await readFloorTruth(rendered.truthPath);
  }, 180_000);
  afterAll(() => rm(outDir, { recursive: true, force: true }));

  test('is a video a camera with one truth and nothing else, and is kept', async () => {
    expect(rendered.cached).toBe(false);
    const [video] = rendered.videos;
    expect(video?.cameraId).toBe('ceiling-west');
    expect((await readFile(video!.videoPath)).subarray(0, 4).toString('hex')).toBe('1a45dfa3');
    expect(await readdir(outDir)).toHaveLength(2);
    expect(await renderFloor({ scenario, cameras: [camera], outDir })).toEqual({ ...rendered, cached: true });
  });

  test('has everybody who came through the door, and the staff', () => {
    const visits = planWalks(scenario).map(({ visit, castId }) => ({
      visit,
      identity: castId,
      staff: false,
    }));
    expect(truth.people).toHaveLength(3);
    const found = truth.people.map(({ visit, identity, staff }) => ({ visit, identity, staff }));
    expect(found.filter(({ staff }) => !staff)).toEqual(visits);
    expect(truth.people.filter(({ staff }) => staff)).toHaveLength(1);
    expect(truth.cameras[0]?.sightings).toHaveLength(truth.seconds * 5);
  });

  test('shows people where they are: the floor point of the picture is the place of the plan', () => {
    const pose = poseCamera(camera.pose, camera.size);
    let compared = 0;
    for (const { seconds, people } of truth.cameras[0]!.sightings) {
      const present = presentAt(truth, seconds);
      for (const { visit, foot, visible, boxXyxy } of people) {
        const { place, visibleTo } = present.find(({ person }) => person.visit === visit)!;
        const expected = pose.project(place);
        expect(Math.hypot(expected.x - foot[0], expected.y - foot[1])).toBeLessThan(0.3);
        // The share is rounded to hundredths in the truth.
        if (Math.abs(visible - VISIBLE_FROM) > 0.006)
          expect(visibleTo).toEqual(visible > VISIBLE_FROM ? ['ceiling-west'] : []);
        expect(boxXyxy[3]).toBeGreaterThan(foot[1]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  test('has nobody whom the shelves or the picture’s edge hide, and somebody in full', () => {
    const seen = truth.cameras[0]!.sightings.flatMap(({ people }) => people.map(({ visible }) => visible));
    expect(Math.max(...seen)).toBeGreaterThan(0.95);
    expect(seen.some((visible) => visible < 0.9)).toBe(true);
  });

  test('whose truth is something else says so', async () => {
    const path = join(outDir, 'no.truth.json');
    await writeFile(path, '{"version":2}');
    await expect(readFloorTruth(path)).rejects.toThrow('ground truth');
  });
});

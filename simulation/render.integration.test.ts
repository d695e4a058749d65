import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../runtime/errors.ts';
import { renderDoor } from './render.ts';
import { parseScenario } from './scenario.ts';
import { readTruth } from './truth.ts';

const scenario = parseScenario(
  'seed: 5\nshoppers: 2\nminutes: 0.05\nmembers: [6a]\nmemberShare: 0.5\ncamera: { framesPerSecond: 5 }\n',
  'test.yaml',
);

describe('a rendered door', () => {
  let outDir: string;
  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'smart-store-door-'));
  });
  afterAll(() => rm(outDir, { recursive: true, force: true }));

  test('is a Matroska video with its truth and nothing else, and is kept', async () => {
    const told: number[] = [];
    const first = await renderDoor({ scenario, outDir, onProgress: (fraction) => told.push(fraction) });
    expect(first.cached).toBe(false);
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));

    const video = await readFile(first.videoPath);
    expect(video.subarray(0, 4).toString('hex')).toBe('1a45dfa3'); // EBML, Matroska's container
    expect(video.subarray(0, 64).includes('matroska')).toBe(true);
    const truth = await readTruth(first.truthPath);
    expect(truth.simulated).toBe(true);
    expect(truth.visits.map(({ member }) => member).sort()).toEqual([false, true]);
    expect(await readdir(outDir)).toHaveLength(2);

    const second = await renderDoor({ scenario, outDir });
    expect(second).toEqual({ ...first, cached: true });
  });

  test('of another seed is another video', async () => {
    const first = await renderDoor({ scenario, outDir });
    const other = await renderDoor({ scenario: { ...scenario, seed: 6 }, outDir });
    expect(other.videoPath).not.toBe(first.videoPath);
  });

  test('whose truth is something else says so', async () => {
    const path = join(outDir, 'no.truth.json');
    await writeFile(path, '{"version":2}');
    await expect(readTruth(path)).rejects.toThrow(UserError);
    await expect(readTruth(path)).rejects.toThrow('ground truth');
  });
});

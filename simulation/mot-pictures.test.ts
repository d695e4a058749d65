import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgePictures } from './mot-pictures.ts';

let folder: string;

/** A street of 200 × 100 pixels: two pictures, two people who count, and a reflection that doesn't. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mot-pictures-'));
  await mkdir(join(folder, 'street/gt'), { recursive: true });
  await mkdir(join(folder, 'street/img1'));
  const rows = [1, 2].flatMap((frame) => [
    `${frame},1,10,10,20,60,1,1,1`,
    `${frame},2,100,10,20,60,1,1,0.5`,
    `${frame},3,150,10,20,60,0,12,1`,
  ]);
  await writeFile(join(folder, 'street/gt/gt.txt'), rows.join('\n'));
  for (const frame of [1, 2]) {
    await sharp({ create: { width: 200, height: 100, channels: 3, background: '#888' } })
      .jpeg()
      .toFile(join(folder, `street/img1/00000${frame}.jpg`));
  }
});
afterAll(() => rm(folder, { recursive: true }));

const at = (left: number, score: number) => ({ boxXyxy: [left, 10, left + 20, 70] as const, score });

it('counts who is found, surely or at all, and what is nobody; what the truth leaves out is no mistake', async () => {
  const sizes: string[] = [];
  const figures = await judgePictures(
    [folder],
    1,
    (frame) => {
      sizes.push(`${frame.width} x ${frame.height}`);
      return Promise.resolve([at(10, 0.9), at(100, 0.3), at(150, 0.8), at(50, 0.7)]);
    },
    () => undefined,
  );
  expect(sizes).toEqual(['200 x 100', '200 x 100']);
  expect(figures).toEqual({
    [join(folder, 'street')]: { pictures: 2, people: 4, sure: 0.5, any: 1, sureBoxes: 6, nobody: 1 / 3 },
  });
});

it('takes every n-th picture', async () => {
  const figures = await judgePictures(
    [folder],
    2,
    () => Promise.resolve([]),
    () => undefined,
  );
  expect(figures[join(folder, 'street')]).toMatchObject({ pictures: 1, people: 2, sure: 0 });
});

it('says that pictures are missing', async () => {
  await rm(join(folder, 'street/img1/000002.jpg'));
  const judging = judgePictures(
    [folder],
    2,
    () => Promise.resolve([]),
    () => undefined,
  );
  await expect(judging).rejects.toThrow('no picture img1/000002.jpg');
});

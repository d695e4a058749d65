import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import { intersectionOverUnion, type BoxXyxy } from '../faces/geometry.ts';
import { readPicture } from '../faces/picture-file.ts';
import type { Picture } from '../frame.ts';
import { addNetwork } from '../models/addition.ts';
import { NETWORK_FOLDERS } from '../models/build.ts';
import { appearanceOf, likeness } from './appearance.ts';
import { openPersonDetector, type PersonDetector } from './person-detector.ts';
import { choosePersonNetwork } from './person-network.ts';

const photograph = (name: string): string => join(ROOT, 'node_modules/@vladmandic/face-api/demo', name);

/** Looked at by eye: roughly where people are, in fractions of the photograph. */
const PEOPLE: Readonly<Record<string, readonly BoxXyxy[]>> = {
  'sample1.jpg': [
    [0.08, 0.19, 0.39, 1],
    [0.35, 0.25, 0.66, 1],
    [0.63, 0.13, 1, 1],
  ],
  'sample6.jpg': [
    [0.06, 0.24, 0.38, 1],
    [0.31, 0.13, 0.55, 1],
    [0.51, 0.11, 0.77, 1],
    [0.7, 0.1, 0.96, 1],
  ],
};

const NETWORK_DATA = join(ROOT, '../shared/data/onnx');
const hasYolox = existsSync(join(NETWORK_DATA, 'yolox_nano.onnx'));

function expectPeople(found: readonly { boxXyxy: BoxXyxy }[], picture: Picture, people: readonly BoxXyxy[]) {
  expect(found).toHaveLength(people.length);
  for (const [left, top, right, bottom] of people) {
    const { width, height } = picture;
    const person: BoxXyxy = [left * width, top * height, right * width, bottom * height];
    const best = Math.max(...found.map(({ boxXyxy }) => intersectionOverUnion(boxXyxy, person)));
    expect(best).toBeGreaterThan(0.6);
  }
}

describe('CenterNet, which npm brings', () => {
  let detector: PersonDetector;
  beforeAll(async () => {
    detector = await openPersonDetector('centernet');
  });
  afterAll(() => detector.close());

  test.each(Object.entries(PEOPLE))(
    'finds everybody in %s, where they are, and nobody else',
    async (name, people) => {
      const picture = await readPicture(photograph(name), 1280);
      expectPeople(await detector.detect(picture), picture, people);
    },
  );

  test('finds nobody where nobody is', async () => {
    const wall: Picture = { width: 640, height: 360, rgb: new Uint8Array(640 * 360 * 3).fill(180) };
    expect(await detector.detect(wall)).toEqual([]);
  });

  test('finds people who are too small for one look when it looks at tiles', async () => {
    // the four people of a photograph, 50 pixels high in a hall of 1280x720
    const small = await sharp(photograph('sample6.jpg'))
      .resize({ height: 52 })
      .toBuffer({ resolveWithObject: true });
    const [left, top] = [860, 480];
    const hall = sharp({ create: { width: 1280, height: 720, channels: 3, background: '#9a958c' } })
      .composite([{ input: small.data, left, top }])
      .removeAlpha();
    const picture: Picture = { width: 1280, height: 720, rgb: new Uint8Array(await hall.raw().toBuffer()) };
    const tiled = await openPersonDetector('centernet', { tiles: { columns: 3, rows: 2 } });
    const [atOnce, inTiles] = [await detector.detect(picture), await tiled.detect(picture)];
    await tiled.close();
    expect(inTiles.length).toBeGreaterThan(atOnce.length);
    for (const { boxXyxy } of inTiles) {
      expect(boxXyxy[0]).toBeGreaterThan(left - 10);
      expect(boxXyxy[2]).toBeLessThan(left + small.info.width + 10);
    }
  });

  test('its boxes tell people apart by their clothes, in other light too', async () => {
    const picture = await readPicture(photograph('sample6.jpg'), 1280);
    const boxes = (await detector.detect(picture)).map(({ boxXyxy }) => boxXyxy);
    const { width, height } = picture;
    const dimmed = await sharp(picture.rgb, { raw: { width, height, channels: 3 } })
      .linear([0.62, 0.64, 0.68], [4, 4, 6])
      .raw()
      .toBuffer();
    const seen = boxes.map((box) => appearanceOf(picture, box)!);
    const later = boxes.map((box) => appearanceOf({ ...picture, rgb: new Uint8Array(dimmed) }, box)!);
    seen.forEach((one, person) => {
      const scores = later.map((other) => likeness(one, other));
      expect(scores.indexOf(Math.max(...scores)), `person ${person}: ${scores.join(' ')}`).toBe(person);
    });
  });
});

describe('YOLOX-nano, where its file was added', () => {
  let folder: string;
  let folders: { cache: string; added: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'detection-'));
    folders = { cache: NETWORK_FOLDERS.cache, added: folder };
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('without its file CenterNet is chosen', async () => {
    expect(await choosePersonNetwork({ folders })).toBe('centernet-wide');
    await expect(openPersonDetector('yolox-nano', { folders })).rejects.toMatchObject({
      code: 'network.absent',
      next: expect.stringContaining('models add yolox-nano') as string,
    });
  });

  test.skipIf(!hasYolox)(
    'is chosen, and finds everybody (skipped: needs ../shared/data/onnx/yolox_nano.onnx)',
    async () => {
      await addNetwork('yolox-nano', { from: NETWORK_DATA, folders });
      expect(await choosePersonNetwork({ folders })).toBe('yolox-nano');
      const detector = await openPersonDetector('yolox-nano', { folders });
      const picture = await readPicture(photograph('sample6.jpg'), 1280);
      expectPeople(await detector.detect(picture), picture, PEOPLE['sample6.jpg']!);
      await detector.close();
    },
  );
});

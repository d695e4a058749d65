import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import type { Picture } from '../frame.ts';
import { distanceBetween, embeddingSpace, type Embedding } from './embedding-space.ts';
import { openEnroller, type Enroller } from './enrolment.ts';
import { openFaceDetector, type FaceDetector } from './face-detector.ts';
import { openFaceReader, type FaceReader } from './face-reader.ts';
import type { Face } from './face.ts';
import { readPicture } from './picture-file.ts';
import { pixelate } from './pixelate.ts';
import { subjectOf } from './subject.ts';
import { templateSpace, unpackTemplate } from './template.ts';
import { thresholdFor } from './thresholds.ts';
import { warp } from './warp.ts';

/** Photographs that a package of ours carries: several people in each. */
const SAMPLES = join(ROOT, 'node_modules/@vladmandic/face-api/demo');
const FACES = { sample1: 3, sample4: 4, sample6: 4 } as const;
const SPACE = embeddingSpace('dlib+faceres');

let detector: FaceDetector;
let reader: FaceReader;
let enroller: Enroller;
const pictures = new Map<string, Picture>();

beforeAll(async () => {
  detector = await openFaceDetector('blazeface');
  reader = await openFaceReader(SPACE);
  enroller = await openEnroller();
  for (const name of Object.keys(FACES)) {
    pictures.set(name, await readPicture(join(SAMPLES, `${name}.jpg`), 1280));
  }
});
afterAll(async () => {
  await detector.close();
  await reader.close();
  await enroller.close();
});

const facesOf = async (name: string): Promise<Face[]> => {
  const faces = await detector.detect(pictures.get(name)!);
  return faces.sort((one, other) => one.boxXyxy[0] - other.boxXyxy[0]);
};

async function embed(picture: Picture, face: Face): Promise<Embedding> {
  const reading = await reader.read(picture, face, 'fast');
  if (reading.kind !== 'embedded') throw new Error(reading.reason);
  return reading.embedding;
}

/** One face of a photograph on a picture of its own, turned, scaled, and as dark as a factor says. */
function portrait(name: string, face: Face, { turn = 0, scale = 1, light = 1, size = 320 } = {}): Picture {
  const [left, top, right, bottom] = face.boxXyxy;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const zoom = ((right - left) / 150) * scale;
  const [a, b] = [zoom * Math.cos(turn), zoom * Math.sin(turn)];
  const middle = size / 2;
  const map = { a, b, tx: x - (a - b) * middle, ty: y - (b + a) * middle };
  const picture = warp(pictures.get(name)!, map, size, size);
  return { ...picture, rgb: picture.rgb.map((value) => value * light) };
}

describe('photographs of several people', () => {
  test.each(Object.entries(FACES))('all faces of %s are found, and nothing else', async (name, count) => {
    expect(await facesOf(name)).toHaveLength(count);
  });

  test('a region limits the search to itself', async () => {
    const [first] = await facesOf('sample4');
    const [left, top, right, bottom] = first!.boxXyxy;
    const width = right - left;
    const found = await detector.detect(pictures.get('sample4')!, [
      left - width,
      top - width,
      right + width,
      bottom + width,
    ]);
    const inside = found.filter((face) => face.boxXyxy[0] < right && face.boxXyxy[2] > left);
    expect(inside.length).toBeGreaterThan(0);
    expect(Math.abs(inside[0]!.boxXyxy[0] - left)).toBeLessThan(width / 5);
  });
});

describe('the same face', () => {
  test.each([
    ['turned by 20 degrees', { turn: 0.35 }],
    ['half as large', { scale: 2 }],
    ['in half the light', { light: 0.5 }],
  ])('%s is nearer than the strictest threshold', async (_how, change) => {
    const [face] = await facesOf('sample6');
    const original = await embed(pictures.get('sample6')!, face!);
    const picture = portrait('sample6', face!, change);
    const again = subjectOf(picture, await detector.detect(picture));
    expect(distanceBetween(SPACE, original, await embed(picture, again!))).toBeLessThan(
      thresholdFor(SPACE.id, 1e-6),
    );
  });

  test('read fast and accurately lives in one space', async () => {
    const [face] = await facesOf('sample6');
    const accurate = await reader.read(pictures.get('sample6')!, face!, 'accurate');
    if (accurate.kind !== 'embedded') throw new Error(accurate.reason);
    const fast = await embed(pictures.get('sample6')!, face!);
    expect(distanceBetween(SPACE, fast, accurate.embedding)).toBeLessThan(0.2);
  });

  test('gives the same numbers every time', async () => {
    const [face] = await facesOf('sample4');
    expect(await embed(pictures.get('sample4')!, face!)).toEqual(
      await embed(pictures.get('sample4')!, face!),
    );
  });
});

test('four people of one photograph are further apart than the threshold', async () => {
  const faces = await facesOf('sample4');
  const embeddings: Embedding[] = [];
  for (const face of faces) embeddings.push(await embed(pictures.get('sample4')!, face));
  const threshold = thresholdFor(SPACE.id, 1e-4);
  embeddings.forEach((one, index) => {
    for (const other of embeddings.slice(0, index)) {
      expect(distanceBetween(SPACE, one, other)).toBeGreaterThan(threshold);
    }
  });
});

test('a pixelated face is not found, or not the person any more', async () => {
  const [face] = await facesOf('sample6');
  const original = await embed(pictures.get('sample6')!, face!);
  const picture = pictures.get('sample6')!;
  const hidden = { ...picture, rgb: picture.rgb.slice() };
  pixelate(hidden, face!.boxXyxy);
  expect(distanceBetween(SPACE, original, await embed(hidden, face!))).toBeGreaterThan(
    thresholdFor(SPACE.id, 1e-3),
  );
});

describe('enrolment', () => {
  test('makes a template of one good face', async () => {
    const [face] = await facesOf('sample6');
    const result = await enroller.enrol(portrait('sample6', face!, { size: 250 }));
    if (!result.ok) throw new Error(result.advice);
    expect(templateSpace(result.template)).toBe(enroller.space);
    const space = embeddingSpace(enroller.space.split('/')[0]!);
    expect(unpackTemplate(result.template, space)).toHaveLength(space.length);
  });

  test.each<[string, () => Promise<Picture>, string]>([
    ['several people', () => Promise.resolve(pictures.get('sample4')!), 'several-faces'],
    [
      'nobody',
      () => Promise.resolve({ width: 300, height: 300, rgb: new Uint8Array(270_000).fill(120) }),
      'no-face',
    ],
    [
      'a face of 50 pixels',
      async () => portrait('sample6', (await facesOf('sample6'))[0]!, { scale: 3, size: 110 }),
      'too-small',
    ],
    [
      'a face in the dark',
      async () => portrait('sample6', (await facesOf('sample6'))[0]!, { light: 0.15, size: 250 }),
      'dark',
    ],
  ])('refuses a picture of %s and says why', async (_what, picture, reason) => {
    const result = await enroller.enrol(await picture());
    expect(result).toMatchObject({ ok: false, reason });
    expect(result.ok ? '' : result.advice).toMatch(/\./);
  });
});

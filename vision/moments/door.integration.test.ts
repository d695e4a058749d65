import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, toSubjectKey } from '../../runtime/ids.ts';
import { ROOT } from '../../runtime/paths.ts';
import { embeddingSpace } from '../faces/embedding-space.ts';
import { openEnroller } from '../faces/enrolment.ts';
import { openFaceDetector } from '../faces/face-detector.ts';
import { chooseFaceNetworks } from '../faces/face-networks.ts';
import { openFaceReader } from '../faces/face-reader.ts';
import { createGallery, type GalleryMember } from '../faces/gallery.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import { readPicture } from '../faces/picture-file.ts';
import { packTemplate } from '../faces/template.ts';
import { thresholdFor } from '../faces/thresholds.ts';
import { startDoor, type DoorCamera, type DoorOptions } from './door.ts';
import type { Moment } from './moment.ts';

const PHOTOGRAPH = join(ROOT, 'node_modules/@vladmandic/face-api/demo/sample6.jpg');
const SIZE = { width: 1280, height: 720 };
const FRAMES = 20;
/** Where the two walk, from the back of the shop window to the till. */
const IN_LANE_X = 900;
const OUTSIDE_X = 250;

let folder: string;
let members: { anna: GalleryMember; bert: GalleryMember };

/** Two faces of one photograph as a video: Anna walks through the lane, Bert beside it. Both are members. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'door-'));
  const [anna, bert] = await cutOutFaces();
  for (let frame = 0; frame < FRAMES; frame++) {
    const top = 40 + Math.round((420 * frame) / (FRAMES - 1));
    await sharp({ create: { ...SIZE, channels: 3, background: '#667' } })
      .composite([
        { input: anna!, left: IN_LANE_X - 110, top },
        { input: bert!, left: OUTSIDE_X - 110, top },
      ])
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${String(frame + 1).padStart(4, '0')}.jpg`));
  }
  members = { anna: await enrol(anna!), bert: await enrol(bert!) };
});
afterAll(() => rm(folder, { recursive: true }));

async function cutOutFaces(): Promise<Buffer[]> {
  const picture = await readPicture(PHOTOGRAPH, 1280);
  const detector = await openFaceDetector('blazeface');
  const faces = await detector.detect(picture);
  await detector.close();
  const boxes = faces.map(({ boxXyxy }) => boxXyxy).sort((one, other) => one[0] - other[0]);
  const { width, height } = picture;
  const cutOut = async (box: BoxXyxy): Promise<Buffer> => {
    const margin = (box[2] - box[0]) / 2;
    const left = Math.max(0, Math.round(box[0] - margin));
    const top = Math.max(0, Math.round(box[1] - margin));
    return sharp(picture.rgb, { raw: { width, height, channels: 3 } })
      .extract({
        left,
        top,
        width: Math.min(width, Math.round(box[2] + margin)) - left,
        height: Math.min(height, Math.round(box[3] + margin)) - top,
      })
      .resize(220, 240, { fit: 'cover' })
      .png()
      .toBuffer();
  };
  return Promise.all([cutOut(boxes[0]!), cutOut(boxes[1]!)]);
}

/** From another view than the video's: mirrored and lighter. */
async function enrol(face: Buffer): Promise<GalleryMember> {
  const path = join(folder, 'reference.png');
  await sharp(face).flop().modulate({ brightness: 1.15 }).resize(280).toFile(path);
  const enroller = await openEnroller();
  const result = await enroller.enrol(await readPicture(path));
  await enroller.close();
  if (!result.ok) throw new Error(result.advice);
  return { subjectKey: toSubjectKey(newId()), templates: [result.template] };
}

const camera = (): DoorCamera => ({
  id: 'front-door',
  size: SIZE,
  framesPerSecond: 10,
  stallSeconds: 5,
  source: {
    kind: 'file',
    path: join(folder, '%04d.jpg'),
    pace: 'fast',
    loop: false,
    framesPerSecond: 10,
  },
  lanes: [
    {
      name: 'members-lane',
      polygon: [
        [0.5, 0],
        [1, 0],
        [1, 1],
        [0.5, 1],
      ],
    },
  ],
  entranceLine: { from: [0, 0.5], to: [1, 0.5] },
});

async function watch(
  gallery: readonly GalleryMember[],
  changes: Partial<DoorOptions> = {},
): Promise<Moment[]> {
  const moments: Moment[] = [];
  const door = await startDoor({
    camera: camera(),
    recognition: { wantedFalseAcceptRate: 1e-4, margin: 0.06, minimumFaceWidth: 44, minimumVotes: 3 },
    networks: { executionProvider: 'cpu', threads: 1 },
    gallery,
    fileStartedAtMs: 1_000_000,
    onMoment: (moment) => moments.push(moment),
    ...changes,
  });
  await door.closed;
  return moments;
}

const ofKind = <Kind extends Moment['kind']>(moments: readonly Moment[], kind: Kind) =>
  moments.filter((moment): moment is Extract<Moment, { kind: Kind }> => moment.kind === kind);

describe('a video of the door', () => {
  test('tells who came in, and recognises the member in the lane and nobody else', async () => {
    const moments = await watch([members.anna, members.bert]);
    expect(moments[0]?.kind).toBe('camera-connected');
    expect(
      ofKind(moments, 'entered')
        .map(({ inLane }) => inLane)
        .sort(),
    ).toEqual([false, true]);
    const identified = ofKind(moments, 'identified');
    expect(identified.map(({ subjectKey }) => subjectKey)).toEqual([members.anna.subjectKey]);
    const { decision } = identified[0]!;
    expect(decision.distance).toBeLessThan(decision.threshold);
    expect(decision.frames).toBeGreaterThanOrEqual(3);
    expect(ofKind(moments, 'track-ended')).toHaveLength(2);
  });

  test('says the same at the same times when it is watched again', async () => {
    const facts = async (): Promise<unknown[]> =>
      (await watch([members.anna]))
        .filter(({ kind }) => kind === 'identified' || kind === 'entered')
        .map(({ kind, atMs }) => [kind, atMs]);
    const first = await facts();
    expect(first.length).toBeGreaterThan(1);
    expect(await facts()).toEqual(first);
  });

  test('shows a live picture in which only the recognised member can be made out', async () => {
    const moments = await watch([members.anna]);
    const jpeg = ofKind(moments, 'picture').at(-1)!.jpeg;
    const { width, height } = await sharp(jpeg).metadata();
    expect([width, height]).toEqual([960, 540]);
    expect(await membersIn(jpeg)).toEqual(['anna']);
  });

  test('recognises nobody who has withdrawn before', async () => {
    expect(ofKind(await watch([members.bert]), 'identified')).toHaveLength(0);
    expect(ofKind(await watch([]), 'identified')).toHaveLength(0);
  });

  test('carries no pixels, templates or names in what is told', async () => {
    for (const moment of await watch([members.anna])) {
      if (moment.kind === 'picture') continue;
      expect(JSON.stringify(moment).length).toBeLessThan(1500);
      expect(JSON.stringify(moment)).not.toMatch(/template|embedding|name/);
    }
  });
});

describe('a door that cannot be opened says why', () => {
  test('when its video is missing', async () => {
    const missing = { ...camera(), source: { ...camera().source, path: join(folder, 'none.mp4') } };
    await expect(watch([], { camera: missing })).rejects.toThrow(/none\.mp4/); // same source, other path
  });

  test('when a template was made by other networks', async () => {
    const foreign: GalleryMember = {
      ...members.anna,
      templates: [packTemplate('other/a1', new Float32Array(4))],
    };
    await expect(watch([foreign])).rejects.toThrow(/can't be compared/);
  });
});

/** Who can be recognised in a live picture by a program that knows both and looks closely. */
async function membersIn(jpeg: Uint8Array): Promise<string[]> {
  const path = join(folder, 'live.jpg');
  await writeFile(path, jpeg);
  const picture = await readPicture(path);
  const detector = await openFaceDetector('blazeface', { minimumScore: 0.2 });
  const { combination } = await chooseFaceNetworks();
  const space = embeddingSpace(combination);
  const reader = await openFaceReader(space);
  const gallery = createGallery(space);
  gallery.replaceAll([members.anna, members.bert]);
  const recognised: string[] = [];
  for (const face of await detector.detect(picture, undefined, 30)) {
    const reading = await reader.read(picture, face, 'fast');
    const match = reading.kind === 'embedded' ? gallery.match(reading.embedding) : undefined;
    if (!match || match.distance > thresholdFor(space.id, 1e-3)) continue;
    recognised.push(match.subjectKey === members.anna.subjectKey ? 'anna' : 'bert');
  }
  await detector.close();
  await reader.close();
  return recognised;
}

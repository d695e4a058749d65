import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { newId, toCameraId, toSubjectKey } from '../../runtime/ids.ts';
import { embeddingSpace, type Embedding } from '../faces/embedding-space.ts';
import type { Face } from '../faces/face.ts';
import type { FaceReader } from '../faces/face-reader.ts';
import { createGallery } from '../faces/gallery.ts';
import { DOOR_LIMITS } from '../faces/quality.ts';
import { packTemplate } from '../faces/template.ts';
import type { Frame } from '../frame.ts';
import { createDoorWatch } from './door-watch.ts';
import type { Moment } from './moment.ts';

const SPACE = embeddingSpace('dlib');
const SIZE = { width: 1000, height: 500 };
const FRAMES_PER_SECOND = 10;

/** Somebody who walks from one place to another. `looks` is where their face lies on a line of possible faces. */
interface Walker {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly looks: number;
  readonly width?: number;
  readonly score?: number;
}

const embeddingOf = (looks: number): Embedding => {
  const embedding = new Float32Array(SPACE.length);
  embedding[0] = looks * 0.6;
  return embedding;
};

/** A door whose lane is the right half of the picture; the line is at half its height. Faces come from the walkers. */
function openScene(walkers: readonly Walker[], members: Readonly<Record<string, number>> = {}) {
  const moments: Moment[] = [];
  const read: { face: Face; embedding: WeakRef<Embedding> }[] = [];
  const gallery = createGallery(SPACE);
  const keys = new Map(Object.keys(members).map((name) => [name, toSubjectKey(newId())]));
  const enrol = (names: readonly string[]): void =>
    gallery.replaceAll(
      names.map((name) => ({
        subjectKey: keys.get(name)!,
        templates: [packTemplate(SPACE.id, embeddingOf(members[name]!))],
      })),
    );
  enrol([...keys.keys()]);
  const looksOf = new WeakMap<Face, number>();
  let share = 0;
  const reader: FaceReader = {
    space: SPACE,
    read: (_picture, face) => {
      const embedding = embeddingOf(looksOf.get(face)!);
      read.push({ face, embedding: new WeakRef(embedding) });
      const quality = {
        widthPixels: 60,
        yaw: 0,
        rollDegrees: 0,
        misfitPixels: 3,
        sharpness: 50,
        brightness: 120,
        contrast: 40,
      };
      return Promise.resolve({ kind: 'embedded', quality, embedding });
    },
    close: () => Promise.resolve(),
  };
  const watch = createDoorWatch(
    {
      cameraId: toCameraId('door'),
      size: SIZE,
      lanes: [
        [
          [0.5, 0],
          [1, 0],
          [1, 1],
          [0.5, 1],
        ],
      ],
      entranceLine: { from: [0, 0.5], to: [1, 0.5] },
    },
    {
      detector: {
        network: 'blazeface',
        detect: () =>
          Promise.resolve(
            walkers.map(({ from, to, looks, width = 60, score = 0.9 }) => {
              const x = from[0] + share * (to[0] - from[0]);
              const y = from[1] + share * (to[1] - from[1]);
              const half = width / 2;
              const face: Face = {
                boxXyxy: [x - half, y - half, x + half, y + half],
                score,
                landmarks: [],
                landmarkFrame: { centre: [x, y], side: width, turnRadians: 0 },
              };
              looksOf.set(face, looks);
              return face;
            }),
          ),
        close: () => Promise.resolve(),
      },
      reader,
      gallery,
      rule: { threshold: 0.77, margin: 0.06, minimumVotes: 3 },
      limits: DOOR_LIMITS,
      onMoment: (moment) => moments.push(moment),
    },
  );
  const frameAt = (seconds: number): Frame => ({
    cameraId: toCameraId('door'),
    capturedAtMs: 1_000_000 + seconds * 1000,
    streamSeconds: seconds,
    ...SIZE,
    rgb: new Uint8Array(),
    dropped: 0,
  });
  let frame = 0;
  return {
    moments,
    read,
    gallery,
    keys,
    enrol,
    watch,
    kinds: () => moments.map(({ kind }) => kind),
    /** Plays so many seconds of a walk that takes two. */
    play: async (seconds: number, mostLooks = Infinity) => {
      let sight = await watch.see(frameAt(frame / FRAMES_PER_SECOND), mostLooks);
      for (let count = Math.round(seconds * FRAMES_PER_SECOND); count > 0; count--) {
        frame++;
        share = Math.min(1, frame / FRAMES_PER_SECOND / 2);
        sight = await watch.see(frameAt(frame / FRAMES_PER_SECOND), mostLooks);
      }
      return sight;
    },
  };
}

const inLane: Walker = { from: [750, 100], to: [750, 400], looks: 0 };
const outside: Walker = { from: [250, 100], to: [250, 400], looks: 0 };

describe('at the door', () => {
  test('a member walks through the lane: counted once, recognised once', async () => {
    const { play, moments, kinds, keys } = openScene([inLane], { Anna: 0.1, Bert: 3 });
    await play(2.5);
    expect(kinds()).toEqual(['identified', 'entered']);
    expect(moments[0]).toMatchObject({
      subjectKey: keys.get('Anna'),
      decision: { network: 'dlib/a1', frames: 3 },
    });
    expect(moments[1]).toMatchObject({ inLane: true });
  });

  test('a stranger walks through the lane: counted, nobody', async () => {
    const { play, kinds } = openScene([{ ...inLane, looks: 1.5 }], { Anna: 0, Bert: 3 });
    const { faces } = await play(2.5);
    expect(kinds()).toEqual(['entered']);
    expect(faces[0]?.state).toMatchObject({ kind: 'undecided', reason: 'too-far' });
  });

  test('a member walks beside the lane: counted, anonymous, and never embedded', async () => {
    const { play, kinds, read } = openScene([outside], { Anna: 0 });
    const { faces } = await play(2.5);
    expect(kinds()).toEqual(['entered']);
    expect(faces[0]).toMatchObject({ inLane: false, state: { kind: 'anonymous' } });
    expect(read).toHaveLength(0);
  });

  test('of ten people only those inside the lane are embedded, wherever they walk', async () => {
    const walkers = Array.from({ length: 10 }, (_, index): Walker => {
      const x = 50 + index * 100;
      return { from: [x, 60], to: [x < 500 ? x + 90 : x - 90, 440], looks: index };
    });
    const { play, read } = openScene(walkers, { Anna: 20 });
    await play(2.5);
    expect(read.length).toBeGreaterThan(10);
    for (const { face } of read) {
      const centre = (face.boxXyxy[0] + face.boxXyxy[2]) / 2;
      expect(centre).toBeGreaterThan(500);
    }
  });

  test('nobody is embedded while nobody is enrolled', async () => {
    const { play, read } = openScene([inLane]);
    const { faces } = await play(1);
    expect(read).toHaveLength(0);
    expect(faces[0]?.state).toMatchObject({ reason: 'no-members' });
  });

  test('an embedding is forgotten with its frame, matched or not', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void; // V8's own function, there since the flag was set
    const { play, read, watch } = openScene(
      [
        { ...inLane, looks: 1.5 },
        { ...inLane, from: [900, 100] },
      ],
      { Anna: 0 },
    );
    await play(1);
    await new Promise((resolve) => setTimeout(resolve, 0)); // WeakRefs hold until the turn ends
    collect();
    expect(read.length).toBeGreaterThan(4);
    expect(read.filter(({ embedding }) => embedding.deref() !== undefined)).toHaveLength(0);
    watch.end(0); // the door itself is still held
  });

  test('a face that is too small is not embedded', async () => {
    const { play, read } = openScene([{ ...inLane, width: 40 }], { Anna: 0 });
    const { faces } = await play(1);
    expect(read).toHaveLength(0);
    expect(faces[0]?.state).toMatchObject({ reason: 'poor-quality' });
  });

  test('who withdraws is a stranger with the next frame, and not recognised again', async () => {
    const { play, enrol, watch, kinds, keys } = openScene([inLane], { Anna: 0, Bert: 3 });
    const before = await play(1.5);
    expect(before.faces[0]?.state).toMatchObject({ kind: 'member', subjectKey: keys.get('Anna') });
    expect(before.hidden).toHaveLength(0);
    enrol(['Bert']);
    watch.galleryChanged();
    const after = await play(0.3);
    expect(after.faces[0]?.state.kind).not.toBe('member');
    expect(after.hidden).toHaveLength(1);
    expect(kinds().filter((kind) => kind === 'identified')).toHaveLength(1);
  });

  test('one member cannot be two people at once', async () => {
    const twin: Walker = { from: [900, 100], to: [900, 400], looks: 0.05 };
    const { play, kinds } = openScene([inLane, twin], { Anna: 0 });
    await play(2.5);
    expect(kinds().filter((kind) => kind === 'identified')).toHaveLength(1);
  });

  test('every face but a recognised member’s is hidden, also one too uncertain to be counted', async () => {
    const doubtful: Walker = { from: [300, 100], to: [300, 120], looks: 9, score: 0.4 };
    const { play, kinds } = openScene([inLane, outside, doubtful], { Anna: 0 });
    const { hidden, faces } = await play(1.5);
    expect(faces).toHaveLength(2);
    expect(hidden).toHaveLength(2);
    expect(kinds()).not.toContain('track-ended');
  });

  test('a camera that is behind has fewer faces read, in turns', async () => {
    const walkers = [inLane, { ...inLane, from: [900, 100], to: [900, 400] }] as const;
    const { play, read } = openScene(walkers, { Anna: 9 });
    await play(1, 1);
    const left = read.filter(({ face }) => face.boxXyxy[0] < 800).length;
    expect(read.length).toBeLessThanOrEqual(11);
    expect(Math.abs(read.length - 2 * left)).toBeLessThanOrEqual(1);
  });

  test('two runs over the same frames say the same', async () => {
    const run = async (): Promise<unknown[]> => {
      const { play, moments } = openScene([inLane, { ...outside, looks: 2 }], { Anna: 0, Bert: 3 });
      await play(2.5);
      return moments.map(({ kind, atMs }) => [kind, atMs]);
    };
    expect(await run()).toEqual(await run());
  });

  test('when the stream breaks off every track ends', async () => {
    const { play, watch, kinds } = openScene([inLane, outside], { Anna: 9 });
    await play(0.5);
    watch.end(5);
    expect(kinds()).toEqual(['track-ended', 'track-ended']);
  });
});

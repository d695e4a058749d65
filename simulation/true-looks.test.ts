import { describe, expect, test } from 'vitest';
import { loadDeployment } from '../config/load.ts';
import { ROOT } from '../runtime/paths.ts';
import type { CeilingLooks } from './floor-looks.ts';
import { tellLooks } from './floor-looks.ts';
import { trueDetector, trueDoor, withMistakes } from './true-looks.ts';
import type { FloorTruth } from './floor-truth.ts';
import type { DoorTruth } from './truth.ts';

const { cameras } = loadDeployment(`${ROOT}config/demo/store.yaml`).stores[0]!;
const west = cameras.find(({ id }) => id === 'ceiling-west')!;
const door = cameras.find(({ purpose }) => purpose === 'door')!;

const frame = (streamSeconds: number) =>
  ({ streamSeconds }) as Parameters<ReturnType<typeof trueDetector>>[0]; // nothing else is asked of it

describe('a detector that knows the truth', () => {
  const truth = {
    cameras: [
      {
        id: 'ceiling-west',
        sightings: [
          { seconds: 0, people: [] },
          {
            seconds: 0.2,
            people: [
              {
                visit: 0,
                boxXyxy: [-5, 100, 40, 250],
                seenXyxy: [0, 100, 40, 250],
                foot: [20, 245],
                visible: 0.9,
              },
              {
                visit: 1,
                boxXyxy: [200, 100, 240, 250],
                seenXyxy: [200, 100, 240, 250],
                foot: [220, 245],
                visible: 0.3,
              },
            ],
          },
        ],
      },
    ],
  } as unknown as FloorTruth; // the rest of the truth says nothing of boxes

  test('finds who shows enough, within the picture, at the moment of the frame', async () => {
    const detect = trueDetector(truth, west);
    expect(await detect(frame(0.02))).toEqual([]);
    expect((await detect(frame(0.2))).map(({ boxXyxy }) => boxXyxy)).toEqual([[0, 100, 40, 250]]);
  });
});

describe('mistakes', () => {
  const looks: CeilingLooks = {
    cameraId: 'ceiling-west',
    looks: Array.from({ length: 500 }, (_, index) => ({
      seconds: index / 5,
      found: [{ boxXyxy: [300, 100, 350, 200], score: 0.9 }],
    })),
  };
  const found = (seed: number) =>
    withMistakes(looks, { missed: 0.1, noise: 0.03, seed }, west).looks.flatMap((look) => look.found);

  test('leave out the share that is asked for, and shake every edge', () => {
    const boxes = found(1).map(({ boxXyxy }) => boxXyxy);
    expect(boxes.length / 500).toBeCloseTo(0.9, 1);
    const errors = boxes.map(([left]) => left - 300);
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)).toBeCloseTo(
      3,
      0,
    );
  });

  test('are the same with the same seed, and others with another', () => {
    expect(found(1)).toEqual(found(1));
    expect(found(1)).not.toEqual(found(2));
  });

  test('none are made unless wanted, and then the camera tells one track', async () => {
    const same = withMistakes(looks, { missed: 0, noise: 0, seed: 1 }, west);
    expect(same).toEqual(looks);
    const moments = await tellLooks(same, west, 1_000);
    const ids = moments.flatMap((moment) =>
      moment.kind === 'tracks' ? moment.tracks.map(({ trackId }) => trackId) : [],
    );
    expect(new Set(ids).size).toBe(1);
    expect(moments[0]).toMatchObject({ kind: 'tracks', cameraId: 'ceiling-west', atMs: 1_000 });
  });
});

test('a door that knows the truth counts everybody and names the members in its lane', () => {
  const visit = (number: number, member: boolean, inLane: boolean): DoorTruth['visits'][number] => ({
    visit: number,
    identity: `${number}`,
    givenName: 'Ada',
    member,
    lane: inLane,
    enteredAtSeconds: 3,
    faces: Array.from({ length: 10 }, (_, index) => ({
      seconds: 1 + index / 5,
      boxXyxy: [600, 300, 660, 360],
      visible: 1,
      inLane,
    })),
  });
  const visits = [visit(0, true, true), visit(1, true, false), visit(2, false, true)];
  const truth = { seconds: 5, visits } as DoorTruth; // the rest is of the picture
  const { moments, castIds } = trueDoor(truth, door, 0);
  expect(moments.filter(({ kind }) => kind === 'entered')).toHaveLength(3);
  const named = moments.flatMap((moment) =>
    moment.kind === 'identified' ? [castIds.get(moment.subjectKey)] : [],
  );
  expect(named).toEqual(['0']);
  expect(moments.map(({ atMs }) => atMs)).toEqual(moments.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});

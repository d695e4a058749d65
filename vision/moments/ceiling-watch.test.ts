import { describe, expect, test } from 'vitest';
import { toCameraId } from '../../runtime/ids.ts';
import type { PersonDetection } from '../detection/person-detector.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import type { Frame } from '../frame.ts';
import { createCeilingWatch, trackerSettings, type CeilingPlan, type CeilingSight } from './ceiling-watch.ts';
import type { Moment } from './moment.ts';

const SIZE = { width: 640, height: 360 };
const PLAN: CeilingPlan = {
  cameraId: toCameraId('ceiling-1'),
  size: SIZE,
  ignore: [],
  detectionsPerSecond: 5,
};
/** A hundred pixels are a metre, seen from straight above: enough to tell where a box went. */
const PIXELS_A_METRE = 100;
const STARTED_AT_MS = 1_000_000;

const RGB = new Uint8Array(SIZE.width * SIZE.height * 3).fill(120);
const frameAt = (streamSeconds: number): Frame => ({
  ...SIZE,
  rgb: RGB,
  cameraId: PLAN.cameraId,
  capturedAtMs: STARTED_AT_MS + streamSeconds * 1000,
  streamSeconds,
  dropped: 0,
});

const person = (left: number, top = 100, score = 0.9): PersonDetection => ({
  boxXyxy: [left, top, left + 60, top + 160],
  score,
});

/** Plays frames of a camera of ten a second; `seenAt` says what the detector finds. */
async function play(
  seconds: number,
  seenAt: (seconds: number) => PersonDetection[],
  changes: Partial<CeilingPlan> = {},
) {
  const moments: Moment[] = [];
  const sights: CeilingSight[] = [];
  let looks = 0;
  let nowSeconds = 0;
  const watch = createCeilingWatch(
    { ...PLAN, ...changes },
    {
      detector: {
        detect: () => {
          looks += 1;
          return Promise.resolve(seenAt(nowSeconds));
        },
      },
      placeOf: ([left, , right, bottom]) =>
        bottom > 355 // cut off: nobody knows where the feet are
          ? undefined
          : {
              place: [(left + right) / 2 / PIXELS_A_METRE, bottom / PIXELS_A_METRE],
              covariance: [0.01, 0, 0.01],
            },
      onMoment: (moment) => moments.push(moment),
    },
  );
  for (let frame = 0; frame < seconds * 10; frame++) {
    nowSeconds = frame / 10;
    if (watch.isDue(nowSeconds)) sights.push(await watch.see(frameAt(nowSeconds)));
  }
  const tracks = moments.filter((moment) => moment.kind === 'tracks');
  return { watch, moments, tracks, sights, looks };
}

const walkers =
  (...lefts: ((seconds: number) => number)[]) =>
  (seconds: number): PersonDetection[] =>
    lefts.map((left) => person(left(seconds)));

describe('a ceiling camera', () => {
  test('looks as often as it is told, and says each time what it saw', async () => {
    const { looks, tracks } = await play(2, () => []);
    expect(looks).toBe(10);
    expect(tracks.map(({ atMs }) => atMs - STARTED_AT_MS)).toEqual([
      0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800,
    ]);
    expect(tracks.every((moment) => moment.tracks.length === 0)).toBe(true);
  });

  test('follows two people who walk past each other, each with an id of their own', async () => {
    const { tracks } = await play(
      4,
      walkers(
        (s) => 50 + 100 * s,
        (s) => 500 - 100 * s,
      ),
    );
    const ids = new Set(tracks.flatMap((moment) => moment.tracks.map(({ trackId }) => trackId)));
    expect(ids.size).toBe(2);
    expect(tracks.at(-1)!.tracks).toHaveLength(2);
  });

  test('says where on the floor somebody walks', async () => {
    const { tracks } = await play(
      3,
      walkers((s) => 100 + 60 * s),
    );
    const [across, down] = tracks.at(-1)!.tracks[0]!.place;
    expect(across).toBeCloseTo((100 + 60 * 2.8 + 30) / PIXELS_A_METRE, 0);
    expect(down).toBeCloseTo(2.6, 1);
  });

  test('tells somebody once they were seen twice, and never what was seen once', async () => {
    const { tracks } = await play(2, (s) => (s === 0.4 ? [person(300)] : s >= 1 ? [person(50)] : []));
    const [first, ...others] = tracks.filter((moment) => moment.tracks.length > 0);
    expect(first!.atMs - STARTED_AT_MS).toBe(1200);
    expect(others.every((moment) => moment.tracks.length === 1)).toBe(true);
  });

  test.each([5, 2, 1])(
    'somebody keeps their id when it looks %i times a second and misses them once',
    async (rate) => {
      const missed = Math.round((3 / rate) * 10) / 10;
      const { tracks } = await play(8 / rate, (s) => (s === missed ? [] : [person(200 + 10 * s)]), {
        detectionsPerSecond: rate,
      });
      const ids = new Set(tracks.flatMap((moment) => moment.tracks.map(({ trackId }) => trackId)));
      expect(ids.size).toBe(1);
      expect(tracks.filter((moment) => moment.tracks.length > 0).length).toBeGreaterThanOrEqual(6);
    },
  );

  test('says that somebody is gone, once, some time after they left', async () => {
    const { tracks } = await play(5, (s) => (s < 2 ? [person(200)] : []));
    const ended = tracks.filter((moment) => moment.ended.length > 0);
    expect(ended).toHaveLength(1);
    expect(ended[0]!.ended).toEqual([tracks[5]!.tracks[0]!.trackId]);
    expect(ended[0]!.atMs - STARTED_AT_MS).toBeGreaterThan(2800);
  });

  test('ends everybody when the camera is lost, and says nothing when nobody was there', async () => {
    const busy = await play(1, () => [person(200)]);
    busy.watch.end(STARTED_AT_MS + 1500);
    const last = busy.moments.at(-1)!;
    expect(last).toMatchObject({ kind: 'tracks', atMs: STARTED_AT_MS + 1500, tracks: [] });
    expect(last.kind === 'tracks' && last.ended).toHaveLength(1);

    const empty = await play(1, () => []);
    const before = empty.moments.length;
    empty.watch.end(STARTED_AT_MS + 1500);
    expect(empty.moments).toHaveLength(before);
  });

  test('does not say where somebody stands whose place cannot be told, and shows them all the same', async () => {
    const { tracks, sights } = await play(1, () => [person(200, 198)]);
    expect(tracks.every((moment) => moment.tracks.length === 0)).toBe(true);
    expect(sights.at(-1)!.people).toMatchObject([{ place: null }]);
  });
});

describe('what must not be seen', () => {
  test('nobody is looked for in a mirror, but who is in it is made unrecognisable', async () => {
    const mirror = [
      [
        [0.5, 0],
        [1, 0],
        [1, 1],
        [0.5, 1],
      ],
    ] as const;
    const { tracks, sights } = await play(1, () => [person(50), person(500)], { ignore: mirror });
    expect(tracks.at(-1)!.tracks).toHaveLength(1);
    expect(sights.at(-1)!.people).toHaveLength(1);
    expect(sights.at(-1)!.hidden).toHaveLength(2);
  });

  test('who may be a person is made unrecognisable, though they are not followed', async () => {
    const { tracks, sights } = await play(1, () => [person(200, 100, 0.12)]);
    expect(tracks.at(-1)!.tracks).toHaveLength(0);
    expect(sights.at(-1)!.hidden).toHaveLength(1);
  });

  test('who is missed for a moment stays hidden where they are expected', async () => {
    const { sights } = await play(1.4, (s) => (s < 1 ? [person(200)] : []));
    expect(sights.at(-1)!.people).toHaveLength(0);
    const [left, top] = sights.at(-1)!.hidden[0]!;
    expect(left).toBeCloseTo(200, -1);
    expect(top).toBeCloseTo(100, -1);
  });

  test.each<[string, BoxXyxy, number]>([
    ['somebody upright: the upper part', [200, 100, 260, 260], 164],
    ['somebody with outspread arms: as high as they are wide', [200, 100, 320, 260], 220],
    ['a head behind a shelf: all of it', [200, 100, 260, 150], 150],
  ])('%s', async (_, boxXyxy, hiddenTo) => {
    const { sights } = await play(0.2, () => [{ boxXyxy, score: 0.9 }]);
    expect(sights[0]!.hidden).toEqual([[boxXyxy[0], boxXyxy[1], boxXyxy[2], hiddenTo]]);
  });
});

describe('what somebody wears', () => {
  test('is told of who can be seen, and not of who is half behind another', async () => {
    const { tracks } = await play(1, () => [person(200, 150), person(225, 120), person(450)]);
    const { tracks: seen } = tracks.at(-1)!;
    const worn = [...seen]
      .sort((a, b) => a.place[0] - b.place[0])
      .map(({ appearance }) => appearance?.length);
    expect(worn).toEqual([32, undefined, 32]);
  });
});

describe('how long a track is waited for', () => {
  test.each([5, 2, 1, 0.5])('is never shorter than the time between two looks, at %f a second', (rate) => {
    const { freshLostSeconds, lostSeconds } = trackerSettings(rate);
    expect(freshLostSeconds).toBeGreaterThan(1 / rate);
    expect(lostSeconds).toBeGreaterThan(2 / rate);
  });
});

import { describe, expect, it } from 'vitest';
import { viewsOf, watchedShare, type Watch } from './floor-watch.ts';
import type { FloorPoint } from './schemas/floor.ts';

const square = (left: number, top: number, right: number, bottom: number): FloorPoint[] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
const west = { cameraId: 'west', sees: square(0, 0, 3, 4) };
const east = { cameraId: 'east', sees: square(2, 0, 4, 4) };
const drawn = { cameraId: 'not-calibrated', sees: null };

describe('which cameras see a zone', () => {
  it.each([
    ['one camera alone', square(0, 0, 1, 1), [['west', 1]]],
    [
      'two cameras, and between them both',
      square(1, 0, 4, 1),
      [
        ['west', 1 / 3],
        ['west east', 1 / 3],
        ['east', 1 / 3],
      ],
    ],
    [
      'half of it nobody',
      square(3, 0, 5, 1),
      [
        ['east', 1 / 2],
        ['', 1 / 2],
      ],
    ],
    ['nobody', square(6, 0, 7, 1), [['', 1]]],
    ['one camera, a zone smaller than the grid', square(0.1, 0.1, 0.12, 0.12), [['west', 1]]],
  ])('%s', (_what, zone, expected) => {
    const views = viewsOf(zone, [west, east, drawn]);
    expect(views.map(({ cameraIds, part }) => [cameraIds.join(' '), part])).toEqual(expected);
  });
});

describe('how much of ten minutes was watched', () => {
  const watch = (cameraId: string, since: number, until: number): Watch => ({
    cameraId,
    sinceMs: since * 60_000,
    untilMs: until * 60_000,
  });
  const both = [{ cameraIds: ['west', 'east'], part: 1 }];
  const halves = [
    { cameraIds: ['west'], part: 0.5 },
    { cameraIds: ['east'], part: 0.5 },
  ];
  it.each([
    ['all of it', [watch('west', 0, 10)], both, 1],
    ['nobody watched', [], both, 0],
    ['another camera watched', [watch('door', 0, 10)], both, 0],
    ['one after the other', [watch('west', 0, 5), watch('east', 5, 10)], both, 1],
    [
      'at the same time counts once',
      [watch('west', 0, 5), watch('east', 0, 5), watch('east', 3, 6)],
      both,
      0.6,
    ],
    ['a stretch that reaches beyond', [watch('west', -5, 15)], both, 1],
    ['half of the zone', [watch('west', 0, 10)], halves, 0.5],
    ['a part that nobody sees', [watch('west', 0, 10)], [{ cameraIds: ['west'], part: 0.75 }], 0.75],
  ])('%s', (_what, watches, views, share) => {
    expect(watchedShare(watches, views, 0, 600_000)).toBeCloseTo(share, 9);
  });
});

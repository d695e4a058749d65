import { describe, expect, test } from 'vitest';
import {
  applySimilarity,
  composeSimilarity,
  fitSimilarity,
  intersectionOverUnion,
  invertSimilarity,
  middleSimilarity,
  type BoxXyxy,
  type Point,
  type Similarity,
} from './geometry.ts';

const TRIANGLE: readonly Point[] = [
  [0, 0],
  [10, 2],
  [3, 9],
];
const TURN: Similarity = { a: 1.2, b: -0.7, tx: 15, ty: -4 };
const moved = (points: readonly Point[], map: Similarity): Point[] =>
  points.map((p) => applySimilarity(map, p));

describe('a similarity', () => {
  test('is found again from three points that it moved', () => {
    const found = fitSimilarity(TRIANGLE, moved(TRIANGLE, TURN));
    expect(found.a).toBeCloseTo(1.2);
    expect(found.b).toBeCloseTo(-0.7);
    expect(found.tx).toBeCloseTo(15);
    expect(found.ty).toBeCloseTo(-4);
  });

  test('fits trembling points better than any neighbouring one', () => {
    const target: Point[] = [
      [1, 0],
      [20, 5],
      [5, 17],
    ];
    const error = (map: Similarity): number =>
      moved(TRIANGLE, map).reduce(
        (sum, [x, y], i) => sum + (x - target[i]![0]) ** 2 + (y - target[i]![1]) ** 2,
        0,
      );
    const best = fitSimilarity(TRIANGLE, target);
    for (const key of ['a', 'b', 'tx', 'ty'] as const) {
      for (const step of [-0.01, 0.01]) {
        expect(error({ ...best, [key]: best[key] + step })).toBeGreaterThan(error(best));
      }
    }
  });

  test('and its inverse lead back', () => {
    const [x, y] = applySimilarity(composeSimilarity(invertSimilarity(TURN), TURN), [7, 8]);
    expect(x).toBeCloseTo(7);
    expect(y).toBeCloseTo(8);
  });

  test('between two others leads half-way', () => {
    const middle = middleSimilarity(TURN, { a: 1, b: 0, tx: 0, ty: 0 });
    const [x, y] = applySimilarity(TURN, [7, 8]);
    const [u, v] = applySimilarity(middle, [7, 8]);
    expect(u).toBeCloseTo((x + 7) / 2);
    expect(v).toBeCloseTo((y + 8) / 2);
  });

  test('cannot come from one point, or from points that are all the same', () => {
    expect(() => fitSimilarity([[1, 1]], [[2, 2]])).toThrow(RangeError);
    const same: Point[] = [
      [1, 1],
      [1, 1],
    ];
    expect(() => fitSimilarity(same, TRIANGLE.slice(0, 2))).toThrow(/differ/);
  });
});

describe('intersection over union', () => {
  const box: BoxXyxy = [0, 0, 10, 10];
  test.each<[string, BoxXyxy, number]>([
    ['the same box', [0, 0, 10, 10], 1],
    ['half of it', [0, 0, 10, 5], 0.5],
    ['moved by half its width', [5, 0, 15, 10], 1 / 3],
    ['only touching', [10, 0, 20, 10], 0],
    ['far away', [50, 50, 60, 60], 0],
  ])('%s', (_what, other, expected) => {
    expect(intersectionOverUnion(box, other)).toBeCloseTo(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { decodeCenternet } from './centernet.ts';
import { PERSON } from './object.ts';
import { networkScore, personScore } from './person-score.ts';
import { decodeYolox } from './yolox.ts';

const BAG = 26;

describe('what CenterNet says', () => {
  const answer = Float32Array.from([
    ...[10, 20, 60, 200, 0.7, PERSON],
    ...[15, 100, 40, 140, 0.5, BAG],
    ...[300, 20, 340, 160, 0.2, PERSON],
  ]);

  test('is read with its classes, and what it is unsure of is left out', () => {
    expect(decodeCenternet(answer, 0.3)).toEqual([
      { boxXyxy: [10, 20, 60, 200], score: expect.closeTo(0.7) as number, classIndex: PERSON },
      { boxXyxy: [15, 100, 40, 140], score: expect.closeTo(0.5) as number, classIndex: BAG },
    ]);
    expect(decodeCenternet(answer, 0.1)).toHaveLength(3);
  });
});

describe('what YOLOX says', () => {
  const SIDE = 64; // 64 cells of 8 pixels, 16 of 16, 4 of 32
  const answer = (row: number, numbers: readonly number[], classes: Record<number, number>): Float32Array => {
    const predictions = new Float32Array((64 + 16 + 4) * 85);
    predictions.set(numbers, row * 85);
    for (const [index, score] of Object.entries(classes)) predictions[row * 85 + 5 + Number(index)] = score;
    return predictions;
  };

  test.each([
    ['the first grid, column 1, row 1', 9, 8, [16, 24], [16, 24]],
    ['the second grid, column 1, row 1', 64 + 5, 16, [32, 48], [32, 48]],
    ['the last grid, column 1, row 1', 64 + 16 + 3, 32, [64, 96], [64, 96]],
  ] as const)('a cell of %s counts from its own place, in its own stride', (_, row, stride, centre, size) => {
    const numbers = [1, 2, Math.log(size[0] / stride), Math.log(size[1] / stride), 0.9];
    const [found] = decodeYolox(answer(row, numbers, { [PERSON]: 0.8 }), 0.3, SIDE);
    const [x, y] = centre;
    expect(found!.score).toBeCloseTo(0.72);
    expect(found!.boxXyxy.map(Math.round)).toEqual([
      x - size[0] / 2,
      y - size[1] / 2,
      x + size[0] / 2,
      y + size[1] / 2,
    ]);
  });

  test('a cell is what it most likely is', () => {
    const [found] = decodeYolox(answer(0, [0, 0, 0, 0, 1], { [PERSON]: 0.4, [BAG]: 0.5 }), 0.3, SIDE);
    expect(found!.classIndex).toBe(BAG);
  });

  test('a sure object of no sure class is nothing', () => {
    expect(decodeYolox(answer(0, [0, 0, 0, 0, 0.9], { [PERSON]: 0.2 }), 0.3, SIDE)).toEqual([]);
  });
});

describe('scores mean the same for every network', () => {
  test.each([
    ['centernet', 0.25, 0.6],
    ['centernet', 0.65, 0.95],
    ['yolox-nano', 0.33, 0.6],
    ['yolox-nano', 0, 0],
    ['yolox-nano', 1, 1],
  ] as const)('%s: %f is our %f, and back', (network, theirs, ours) => {
    expect(personScore(network, theirs)).toBeCloseTo(ours);
    expect(networkScore(network, ours)).toBeCloseTo(theirs);
  });

  test('more stays more', () => {
    for (let score = 0; score < 1; score += 0.05) {
      expect(personScore('centernet', score + 0.05)).toBeGreaterThan(personScore('centernet', score));
    }
  });
});

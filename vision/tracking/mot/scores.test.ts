import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../runtime/paths.ts';
import { readSequence } from './mot-sequence.ts';
import { readMotTable, type MotRow } from './mot-table.ts';
import { count, score, together, type Scores } from './scores.ts';

/** One person a letter, one picture a character: where letters are equal, the boxes are; a space is nothing. */
function rows(tracks: Readonly<Record<string, string>>, classNumber?: number): MotRow[] {
  return Object.entries(tracks).flatMap(([id, places]) =>
    Array.from(places).flatMap((place, index) => {
      if (place === ' ') return [];
      const left = place.toLowerCase().charCodeAt(0) * 1000;
      // A capital letter stands a little aside: overlap 0.6 with the small one.
      const aside = place === place.toLowerCase() ? 0 : 25;
      return [
        {
          frame: index + 1,
          id: Number(id),
          boxXyxy: [left + aside, 0, left + aside + 100, 200] as const,
          confidence: 1,
          classNumber,
        },
      ];
    }),
  );
}

function judge(truth: MotRow[], results: MotRow[]): Scores {
  return score(count({ name: 'a', frameCount: 10, framesPerSecond: 10, detections: [], truth }, results));
}

describe('the metrics of tracking', () => {
  it('are all perfect when all is right', () => {
    const all = judge(rows({ 1: 'aaaa', 2: 'bbbb' }), rows({ 5: 'aaaa', 6: 'bbbb' }));
    expect(all).toMatchObject({ mota: 1, motp: 1, idf1: 1, hota: 1, detA: 1, assA: 1, idSwitches: 0 });
  });

  it.each([
    {
      scene: 'nobody is told',
      truth: { 1: 'aaaa' },
      told: {},
      expected: { mota: 0, idf1: 0, hota: 0, falseNegatives: 4 },
    },
    {
      scene: 'somebody is told who is not there',
      truth: { 1: 'aaaa' },
      told: { 1: 'aaaa', 2: 'zz  ' },
      expected: { mota: 0.5, falsePositives: 2, idf1: 8 / 10 },
    },
    {
      scene: 'a person is told under a second id after half the time',
      truth: { 1: 'aaaa' },
      told: { 1: 'aa  ', 2: '  aa' },
      expected: { mota: 0.75, idSwitches: 1, idf1: 0.5, detA: 1, assA: 0.5, hota: Math.sqrt(0.5) },
    },
    {
      scene: 'a person is missed between two ids: still a switch',
      truth: { 1: 'aaaaa' },
      told: { 1: 'aa   ', 2: '   aa' },
      expected: { idSwitches: 1, falseNegatives: 1 },
    },
    {
      scene: 'a person comes back under the same id: no switch',
      truth: { 1: 'aaaaa' },
      told: { 1: 'aa aa' },
      expected: { idSwitches: 0, falseNegatives: 1 },
    },
    {
      scene: 'two people are taken for each other',
      truth: { 1: 'aaaa', 2: 'bbbb' },
      told: { 1: 'aabb', 2: 'bbaa' },
      expected: { idSwitches: 2, mota: 0.75, idf1: 0.5, assA: 1 / 3 },
    },
    {
      scene: 'a box overlaps by 0.6',
      truth: { 1: 'aaaa' },
      told: { 1: 'AAAA' },
      expected: { mota: 1, motp: 0.6, detA: 12 / 19 },
    },
    {
      scene: 'a better box appears beside the one that was matched: the match stays',
      truth: { 1: 'aaa' },
      told: { 1: 'AAA', 2: ' aa' },
      expected: { idSwitches: 0, falsePositives: 2 },
    },
  ])('say what happened when $scene', ({ truth, told, expected }) => {
    const scores = judge(rows(truth), rows(told));
    for (const [key, value] of Object.entries(expected)) {
      expect(scores[key as keyof Scores], key).toBeCloseTo(value, 9);
    }
  });

  it('leave out who is told over a distractor, and don’t ask for anybody but pedestrians that count', () => {
    const pedestrian = rows({ 1: 'aaaa' }, 1);
    const cyclist = rows({ 2: 'bbbb' }, 7).map((row) => ({ ...row, confidence: 0 }));
    const car = rows({ 3: 'cccc' }, 3).map((row) => ({ ...row, confidence: 0 }));
    const uncounted = rows({ 4: 'dddd' }, 1).map((row) => ({ ...row, confidence: 0 }));
    const truth = [...pedestrian, ...cyclist, ...car, ...uncounted];
    expect(judge(truth, rows({ 1: 'aaaa', 2: 'bbbb' }))).toMatchObject({ mota: 1, falsePositives: 0 });
    expect(judge(truth, rows({ 1: 'aaaa', 3: 'cccc' }))).toMatchObject({
      falsePositives: 4,
      falseNegatives: 0,
    });
  });

  it('of several sequences add up boxes, so that a long one counts more', () => {
    const sequence = (truth: MotRow[], told: MotRow[]) =>
      count({ name: 'a', frameCount: 10, framesPerSecond: 10, detections: [], truth }, told);
    const whole = score(
      together([sequence(rows({ 1: 'aaaaaaaa' }), rows({ 1: 'aaaaaaaa' })), sequence(rows({ 1: 'aa' }), [])]),
    );
    expect(whole.mota).toBeCloseTo(0.8, 9);
    expect(whole.hota).toBeCloseTo(Math.sqrt(0.8), 9);
  });
});

const SHARED = join(ROOT, '../shared/data/mot');

describe.skipIf(!existsSync(SHARED))(
  'the published scores of the example results (skipped without the shared data)',
  () => {
    it.each([
      {
        name: 'TUD-Campus',
        mota: '52.6',
        idf1: '55.8',
        falsePositives: 13,
        falseNegatives: 150,
        idSwitches: 7,
      },
      {
        name: 'TUD-Stadtmitte',
        mota: '56.4',
        idf1: '64.5',
        falsePositives: 45,
        falseNegatives: 452,
        idSwitches: 7,
      },
    ])('of $name come out exactly', async ({ name, mota, idf1, ...counts }) => {
      const folder = join(SHARED, name);
      const scores = score(
        count(await readSequence(folder), await readMotTable(join(folder, 'tracker-example.txt'), 'results')),
      );
      expect({ mota: percent(scores.mota), idf1: percent(scores.idf1) }).toEqual({ mota, idf1 });
      expect(scores).toMatchObject(counts);
    });

    it('of the truth itself are perfect, distractors and all', async () => {
      const sequence = await readSequence(join(SHARED, 'MOT17-09'));
      expect(
        score(
          count(
            sequence,
            sequence.truth.filter(({ confidence }) => confidence === 1),
          ),
        ),
      ).toMatchObject({ mota: 1, idf1: 1, hota: 1 });
    });
  },
);

const percent = (fraction: number): string => (fraction * 100).toFixed(1);

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkers } from './synthetic/walkers.ts';
import { report } from './tracking.eval.ts';

const FRAMES = 40;

describe('eval tracking', () => {
  let folder: string;
  const run = (options: Record<string, string | true>, mot: string[] = [folder]) =>
    report.run({ options, lists: { mot }, progress: () => undefined });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mot-eval-'));
    for (const [name, people] of [
      ['few', 2],
      ['more', 5],
    ] as const) {
      const line = (frame: number, id: number, [l, t, r, b]: readonly number[], score: number): string =>
        [frame, id, l, t, r! - l!, b! - t!, score].join(',');
      const found = walkers({
        people,
        frames: FRAMES,
        framesPerSecond: 10,
        missed: 0,
        falseBoxes: 0,
        seed: 3,
      });
      const lines = (idOf: (person: number) => number, scored: boolean): string =>
        found
          .flatMap((picture, index) =>
            picture.map(({ person, boxXyxy, score }) =>
              line(index + 1, idOf(person), boxXyxy, scored ? score : 1),
            ),
          )
          .join('\n');
      await mkdir(join(folder, name, 'det'), { recursive: true });
      await mkdir(join(folder, name, 'gt'));
      await writeFile(
        join(folder, name, 'det/det.txt'),
        lines(() => -1, true),
      );
      await writeFile(
        join(folder, name, 'gt/gt.txt'),
        lines((person) => person + 1, false),
      );
    }
    await writeFile(join(folder, 'few/seqinfo.ini'), `[Sequence]\nframeRate=10\nseqLength=${FRAMES}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('tells all figures together and by sequence, with ByteTrack on the same boxes beside them', async () => {
    const { figures, baselines, ratios, notes } = await run({ fps: '10' });
    for (const key of [
      'mota',
      'idf1',
      'hota',
      'idSwitches',
      'msPerFrame',
      'falsePositives',
      'falseNegatives',
    ]) {
      expect(figures[key], key).toEqual(expect.any(Number));
      expect(figures['sequences'], key).toMatchObject({ few: { [key]: expect.any(Number) as number } });
      expect(baselines['byteTrack'], key).toMatchObject({ [key]: expect.any(Number) as number });
    }
    expect(figures['idf1']).toBeGreaterThan(0.9);
    expect(Object.keys(ratios)).toContain('worstHotaToByteTrack');
    expect(notes.join('\n')).toContain('more has no seqinfo.ini: 10 pictures a second assumed');
  });

  it('judges the results that it wrote as it judged them before', async () => {
    const out = join(folder, 'out');
    const mot = [join(folder, 'few'), join(folder, 'more')];
    const { figures } = await run({ out, fps: '10' }, mot);
    const again = await run({ results: out }, mot);
    expect(again.figures['idf1']).toBeCloseTo(figures['idf1'] as number, 6);
    expect(again.figures['idSwitches']).toBe(figures['idSwitches']);
    expect(again.figures['msPerFrame']).toBeUndefined();
    expect(await readFile(join(out, 'few.txt'), 'utf8')).toMatch(/^\d+,1,/);
  });

  it('says what it needs when it is given nothing, or results for another number of sequences', async () => {
    await expect(run({}, [])).rejects.toThrow('needs --mot');
    await expect(run({ results: join(folder, 'few/gt/gt.txt') })).rejects.toThrow(
      'is no folder, and 2 sequences',
    );
    await expect(run({ fps: 'fast' })).rejects.toThrow('--fps is expected to be a number above 0');
  });
});

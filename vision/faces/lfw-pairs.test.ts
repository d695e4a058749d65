import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { UserError } from '../../runtime/errors.ts';
import { findPictures, parsePairs } from './lfw-pairs.ts';

const TWO_FOLDS = ['2\t1', 'Ann_A\t1\t2', 'Ann_A\t1\tBob_B\t3', 'Cy_C\t4\t5', 'Cy_C\t4\tBob_B\t3', ''].join(
  '\n',
);

describe('a pairs file', () => {
  test('in the format of LFW', () => {
    const { folds, pairs } = parsePairs(TWO_FOLDS, 'pairs.txt');
    expect(folds).toBe(2);
    expect(pairs.map(({ samePerson, fold, line }) => [samePerson, fold, line])).toEqual([
      [true, 0, 2],
      [false, 0, 3],
      [true, 1, 4],
      [false, 1, 5],
    ]);
    expect(pairs[1]).toMatchObject({
      one: { name: 'Ann_A', number: 1 },
      other: { name: 'Bob_B', number: 3 },
    });
  });

  test.each([
    ['folds 2 1', 2],
    ['2 folds 1', 2],
    ['2 1', 2],
    ['2', 1],
  ])('with the first line "%s"', (header, folds) => {
    expect(parsePairs(TWO_FOLDS.replace('2\t1', header), 'pairs.txt').folds).toBe(folds);
  });

  test('without a header is cut into ten folds, each with both kinds', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `Ann ${i + 1} ${i + 2}\nAnn ${i + 1} Bob ${i + 1}`);
    const { folds, pairs } = parsePairs(lines.join('\r\n'), 'pairs.txt');
    expect(folds).toBe(10);
    for (let fold = 0; fold < 10; fold++) {
      const kinds = pairs.filter((pair) => pair.fold === fold).map((pair) => pair.samePerson);
      expect(kinds.sort()).toEqual([false, false, true, true]);
    }
  });

  test.each([
    ['is empty', '', /line 1: the file is empty/],
    [
      'has a line that is no pair',
      TWO_FOLDS.replace('Cy_C\t4\t5', 'Cy_C\tfour\t5'),
      /line 4: expected "name/,
    ],
    [
      'has fewer lines than it announces',
      TWO_FOLDS.replace('2\t1', '10\t300'),
      /line 1: .*6000 lines; 4 follow/,
    ],
    ['has only a header', '10\t300', /no pairs follow/],
  ])('that %s is refused', (_what, text, message) => {
    expect(() => parsePairs(text, 'pairs.txt')).toThrow(message);
    expect(() => parsePairs(text, 'pairs.txt')).toThrow(UserError);
  });
});

describe('the pictures of a pairs file', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  const folderWith = async (...files: string[]): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'pairs-'));
    folders.push(folder);
    for (const file of files) {
      await mkdir(join(folder, file, '..'), { recursive: true });
      await writeFile(join(folder, file), '');
    }
    return folder;
  };
  const { pairs } = parsePairs('1 1\nAnn 1 2\nAnn 1 Bob 3', 'pairs.txt');

  test('are found as .jpg, .jpeg or .png, each once', async () => {
    const folder = await folderWith('Ann/Ann_0001.jpg', 'Ann/Ann_0002.png', 'Bob/Bob_0003.jpeg');
    const files = await findPictures(folder, pairs);
    expect([...files.keys()]).toEqual(['Ann/1', 'Ann/2', 'Bob/3']);
    expect(files.get('Bob/3')).toBe(join(folder, 'Bob/Bob_0003.jpeg'));
  });

  test('that are missing are named with their line', async () => {
    const folder = await folderWith('Ann/Ann_0001.jpg', 'Ann/Ann_0002.jpg');
    await expect(findPictures(folder, pairs)).rejects.toThrow(/Bob is missing; line 3/);
  });
});

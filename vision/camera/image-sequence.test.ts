import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findImageSequence, indicesOf, isImageSequence } from './image-sequence.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-sequence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['shots/%04d.jpg', true],
  ['shots/door-%d.png', true],
  ['shots/door.mp4', false],
  ['100%/door.mp4', false],
])('%s is a sequence: %s', (path, expected) => {
  expect(isImageSequence(path)).toBe(expected);
});

test.each([
  ['%04d.jpg', ['0002.jpg', '0001.jpg', '00003.jpg', 'x0004.jpg', '0005.png', 'notes.txt'], [1, 2]],
  ['door-%d.png', ['door-9.png', 'door-10.png', 'door-.png', 'door-011.png'], [9, 10]],
  ['%03d.jpg', ['999.jpg', '1000.jpg'], [999, 1000]],
])('%s in %j has the numbers %j', (path, files, indices) => {
  expect(indicesOf(path, files)).toEqual(indices);
});

test('a sequence begins where it begins, and may have no gap', () => {
  for (const name of ['0007.jpg', '0008.jpg', '0010.jpg']) writeFileSync(join(folder, name), '');
  const path = join(folder, '%04d.jpg');
  expect(() => findImageSequence(path)).toThrow('0009.jpg is missing');
  writeFileSync(join(folder, '0009.jpg'), '');
  expect(findImageSequence(path)).toEqual({ firstIndex: 7, lastIndex: 10 });
  expect(() => findImageSequence(join(folder, 'none', '%d.jpg'))).toThrow('There is no picture');
});

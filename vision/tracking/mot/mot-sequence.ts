import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../../runtime/errors.ts';
import { readMotTable, type MotRow } from './mot-table.ts';

/** A sequence of pictures with what a detector found in them and what was there. */
export interface MotSequence {
  readonly name: string;
  readonly frameCount: number;
  /** From seqinfo.ini; undefined when there is none. */
  readonly framesPerSecond: number | undefined;
  readonly detections: readonly MotRow[];
  readonly truth: readonly MotRow[];
}

/**
 * The folders of sequences: each is one itself (it has det/ or gt/) or has such folders in it.
 * @throws UserError when there are none
 */
export async function findSequences(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const given of folders) {
    const folder = resolve(given);
    if (await isSequence(folder)) {
      found.push(folder);
      continue;
    }
    const names = (await isFolder(folder)) ? (await readdir(folder)).sort() : [];
    const inside: string[] = [];
    for (const name of names) if (await isSequence(join(folder, name))) inside.push(join(folder, name));
    if (inside.length === 0) {
      throw new UserError(
        'mot.no-sequence',
        `${given} is no MOTChallenge sequence, and no folder of such.`,
        'A sequence is a folder with det/det.txt and gt/gt.txt, as MOTChallenge packs it.',
      );
    }
    found.push(...inside);
  }
  const names = found.map((folder) => basename(folder));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UserError(
      'mot.name-twice',
      `Two sequences are called ${twice}.`,
      'Give each once, or rename a folder: figures are told by name.',
    );
  }
  return found;
}

/** @throws UserError when a file is missing or broken */
export async function readSequence(folder: string): Promise<MotSequence> {
  const info = await readInfo(join(folder, 'seqinfo.ini'));
  const detections = await readMotTable(join(folder, 'det/det.txt'), 'detections');
  const truth = await readMotTable(join(folder, 'gt/gt.txt'), 'truth');
  const last = [...detections, ...truth].reduce((latest, { frame }) => Math.max(latest, frame), 0);
  if (info.frameCount !== undefined && last > info.frameCount) {
    throw new UserError(
      'mot.frames',
      `${folder}: seqinfo.ini says ${info.frameCount} frames, but there are boxes in frame ${last}.`,
      'Correct seqLength, or leave seqinfo.ini out: the number is then taken from the boxes.',
    );
  }
  return {
    name: basename(folder),
    frameCount: info.frameCount ?? last,
    framesPerSecond: info.framesPerSecond,
    detections,
    truth,
  };
}

interface SequenceInfo {
  readonly frameCount: number | undefined;
  readonly framesPerSecond: number | undefined;
}

async function readInfo(path: string): Promise<SequenceInfo> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { frameCount: undefined, framesPerSecond: undefined };
    }
    throw new UserError('mot.no-file', `${path} can't be read.`, 'Check its rights, or leave it out.', {
      cause: error,
    });
  }
  const number = (key: string): number | undefined => {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const [name, value] = line.split('=', 2).map((part) => part.trim());
      if (name?.toLowerCase() !== key.toLowerCase() || value === undefined) continue;
      const parsed = Number(value);
      if (value !== '' && Number.isFinite(parsed) && parsed > 0) return parsed;
      throw new UserError(
        'mot.broken',
        `${path}, line ${index + 1}: expected ${key} to be a number above 0, found "${value.slice(0, 40)}".`,
        'Correct it, or leave the line out.',
      );
    }
    return undefined;
  };
  return { frameCount: number('seqLength'), framesPerSecond: number('frameRate') };
}

async function isSequence(folder: string): Promise<boolean> {
  return (await isFolder(join(folder, 'det'))) || (await isFolder(join(folder, 'gt')));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

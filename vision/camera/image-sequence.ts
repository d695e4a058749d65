import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UserError } from '../../runtime/errors.ts';

/** The numbers of a sequence of pictures such as `shots/%04d.jpg`. */
export interface ImageSequence {
  readonly firstIndex: number;
  readonly lastIndex: number;
}

const NUMBER = /%0?(\d*)d/;

/** Whether a path names a sequence of pictures by a number such as `%d` or `%04d`. */
export function isImageSequence(path: string): boolean {
  return NUMBER.test(basename(path));
}

/**
 * Finds the first and last picture of a sequence.
 * @throws UserError when there is none, or when one in between is missing
 */
export function findImageSequence(path: string): ImageSequence {
  const indices = indicesOf(path, listFolder(dirname(path)));
  const [firstIndex, lastIndex] = [indices[0], indices.at(-1)];
  if (firstIndex === undefined || lastIndex === undefined) {
    throw new UserError(
      'camera.file-missing',
      `There is no picture ${path}; a sequence of pictures was expected there.`,
      'Correct the path of the camera; %04d stands for a number of four digits.',
    );
  }
  const gap = indices.findIndex((index, place) => index !== firstIndex + place);
  if (gap >= 0) {
    const missing = path.replace(NUMBER, (_, digits: string) =>
      String(firstIndex + gap).padStart(Number(digits), '0'),
    );
    throw new UserError(
      'camera.file-gap',
      `The sequence ${path} goes from ${firstIndex} to ${lastIndex}, but ${missing} is missing.`,
      'Number the pictures without gaps.',
    );
  }
  return { firstIndex, lastIndex };
}

/** The numbers of those file names that fit the path's pattern, ascending. */
export function indicesOf(path: string, fileNames: readonly string[]): number[] {
  const name = basename(path);
  const digits = Number(NUMBER.exec(name)?.[1] ?? 0);
  const [before = '', after = ''] = name.split(NUMBER).filter((_, place) => place !== 1);
  return fileNames
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .map((file) => file.slice(before.length, file.length - after.length))
    .filter((number) => /^\d+$/.test(number) && String(Number(number)).padStart(digits, '0') === number)
    .map(Number)
    .sort((a, b) => a - b);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

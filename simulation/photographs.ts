import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { UserError } from '../runtime/errors.ts';
import type { Picture } from '../vision/frame.ts';
import type { PhotographNumber } from './cast.ts';

/**
 * Colour gains (red, green, blue) that take the coloured light out of a photograph, so that everyone stands in the same
 * shop. Set by eye: sample 3 is lit blue from the left and orange from behind, sample 4 violet.
 */
export const WHITE_BALANCE: Readonly<Record<PhotographNumber, readonly [number, number, number]>> = {
  1: [1.22, 1.18, 1.22],
  2: [0.98, 1, 0.97],
  3: [1.08, 1.03, 0.8],
  4: [1.02, 1.08, 0.98],
  5: [1.06, 1.12, 1.22],
  6: [1, 1, 1],
};

/** Where a sample photograph lies on this machine. */
export function photographPath(number: PhotographNumber): string {
  const entry = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  return join(dirname(entry), 'demo', `sample${number}.jpg`);
}

/** Decodes a sample photograph. @throws UserError `simulation.photograph-missing` */
export async function loadPhotograph(number: PhotographNumber): Promise<Picture> {
  const path = photographPath(number);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(
      'simulation.photograph-missing',
      `the virtual shop needs the sample photograph ${path}, which cannot be read`,
      'Install the packages again: npm ci',
      { cause },
    );
  });
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

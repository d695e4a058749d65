import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { messageOf, UserError } from '../runtime/errors.ts';
import type { PictureSize } from '../vision/floor/pinhole.ts';

/** A point as a person marked it; fractions of the picture and metres on the plan. */
export interface FilePoint {
  readonly image: [number, number];
  readonly floor: [number, number];
}

const HOW =
  'Write four numbers a line (in the picture: across, down; on the plan in metres: across, down), or YAML as the configuration has it: `- { image: [0.2, 0.4], floor: [1.5, 3] }`.';

/**
 * Reads marked points: a table of four numbers a line (comma, semicolon or tab; a heading is skipped), or YAML. Where a
 * place in the picture is greater than 1, all of them are pixels of `size`.
 * @throws UserError `points.file`
 */
export function readPointFile(path: string, size: PictureSize): FilePoint[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError('points.file', `Expected marked points in ${path}: ${messageOf(error)}.`, HOW, {
      cause: error,
    });
  }
  const rows = /\.ya?ml$/i.test(path) ? yamlRows(text, path) : tableRows(text, path);
  if (rows.length < 4) {
    throw new UserError('points.file', `Expected four or more points in ${path}, found ${rows.length}.`, HOW);
  }
  const pixels = rows.some(([x, y]) => x > 1 || y > 1);
  const [width, height] = pixels ? [size.width, size.height] : [1, 1];
  return rows.map(([x, y, across, down], index) => {
    const image: [number, number] = [x / width, y / height];
    if (image.every((share) => share >= 0 && share <= 1)) return { image, floor: [across, down] };
    throw new UserError(
      'points.file',
      `${path}: point ${index + 1} is at ${x}, ${y}, outside of a picture of ${size.width}x${size.height}.`,
      'Give pixels of that size, or fractions of the picture from 0 to 1.',
    );
  });
}

type Row = readonly [number, number, number, number];

function tableRows(text: string, path: string): Row[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const rows: Row[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const row = line.split(/\s*[,;\t]\s*/).map((cell) => (cell === '' ? NaN : Number(cell)));
    if (isRow(row)) rows.push(row);
    else if (rows.length > 0 || /\d/.test(line)) {
      throw new UserError(
        'points.file',
        `${path}:${index + 1}: expected four numbers, found "${line}".`,
        HOW,
      );
    }
  }
  return rows;
}

function yamlRows(text: string, path: string): Row[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new UserError('points.file', `${path} is no YAML: ${messageOf(error)}.`, HOW, { cause: error });
  }
  // A list, or the calibration as the configuration and this command write it.
  const list = inner(inner(value, 'calibration'), 'points');
  if (!Array.isArray(list)) {
    throw new UserError('points.file', `Expected a list of points in ${path}, found none.`, HOW);
  }
  return list.map((entry: unknown, index) => {
    const row = [inner(entry, 'image'), inner(entry, 'floor')].flat();
    if (isRow(row)) return row;
    throw new UserError(
      'points.file',
      `${path}: point ${index + 1} is not { image: [x, y], floor: [x, y] }.`,
      HOW,
    );
  });
}

function inner(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function isRow(row: readonly unknown[]): row is Row {
  return row.length === 4 && row.every((cell) => typeof cell === 'number' && Number.isFinite(cell));
}

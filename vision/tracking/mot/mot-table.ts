import { readFile } from 'node:fs/promises';
import { UserError } from '../../../runtime/errors.ts';
import type { BoxXyxy } from '../../faces/geometry.ts';

/** One line of a MOTChallenge file. Frames are counted from 1. */
export interface MotRow {
  readonly frame: number;
  /** -1 where nobody was told apart, as in detections. */
  readonly id: number;
  readonly boxXyxy: BoxXyxy;
  /** Column 7: a detection's score, or whether a true box counts; 1 where the column is missing. */
  readonly confidence: number;
  /** Column 8 of a truth file with classes (MOT16 and later); undefined in others. */
  readonly classNumber: number | undefined;
}

/** What kind of file: a truth file's boxes need an id and may have a class. */
export type MotTableKind = 'detections' | 'truth' | 'results';

const FEWEST_COLUMNS: Readonly<Record<MotTableKind, number>> = { detections: 7, truth: 7, results: 6 };
const MOST_COLUMNS = 10;
/** Truth files with 8 or 9 columns carry a class; with 10, as of MOT15, columns 8 to 10 are a place in the world. */
const COLUMNS_WITH_CLASS = [8, 9];
const FORMAT =
  'frame,id,left,top,width,height,confidence[,class[,visibility]] or frame,id,left,top,width,height,confidence,x,y,z';

/**
 * Reads `det.txt`, `gt.txt` or a result file: https://motchallenge.net/instructions/ and, for the classes,
 * A. Milan et al., MOT16: A benchmark for multi-object tracking, 2016.
 * @throws UserError with file and line
 */
export async function readMotTable(path: string, kind: MotTableKind): Promise<MotRow[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new UserError(
      'mot.no-file',
      `${path} can't be read.`,
      'A sequence is a folder with det/det.txt and gt/gt.txt, as MOTChallenge packs it.',
      { cause },
    );
  }
  return parseMotTable(text, kind, path);
}

/** @throws UserError with file and line */
export function parseMotTable(text: string, kind: MotTableKind, path: string): MotRow[] {
  const rows: MotRow[] = [];
  const taken = new Map<string, number>();
  let columns: number | undefined;
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const place = `${path}, line ${index + 1}`;
    const cells = line.split(/\s*,\s*|\s+/).filter((cell) => cell !== '');
    columns ??= cells.length;
    if (cells.length < FEWEST_COLUMNS[kind] || cells.length > MOST_COLUMNS) {
      throw broken(
        place,
        `expected ${FEWEST_COLUMNS[kind]} to ${MOST_COLUMNS} columns, found ${cells.length}`,
      );
    }
    if (cells.length !== columns) {
      throw broken(place, `expected ${columns} columns as in the lines before, found ${cells.length}`);
    }
    const numbers = cells.map((cell, column) => {
      const value = Number(cell);
      if (Number.isFinite(value)) return value;
      throw broken(place, `expected a number in column ${column + 1}, found "${cell.slice(0, 40)}"`);
    });
    const [frame, id, left, top, width, height] = numbers as [number, number, number, number, number, number];
    if (!Number.isInteger(frame) || frame < 1) {
      throw broken(place, `expected a frame number from 1, found ${frame}`);
    }
    if (!Number.isInteger(id) || (kind !== 'detections' && id < 0)) {
      throw broken(place, `expected a whole number of 0 or more as id, found ${id}`);
    }
    if (width <= 0 || height <= 0) {
      throw broken(place, `expected a box with a width and a height above 0, found ${width} by ${height}`);
    }
    if (kind !== 'detections') {
      const key = `${frame},${id}`;
      const before = taken.get(key);
      if (before !== undefined) {
        throw broken(place, `id ${id} is in frame ${frame} a second time, after line ${before}`);
      }
      taken.set(key, index + 1);
    }
    rows.push({
      frame,
      id,
      boxXyxy: [left, top, left + width, top + height],
      confidence: numbers[6] ?? 1,
      classNumber: kind === 'truth' && COLUMNS_WITH_CLASS.includes(cells.length) ? numbers[7] : undefined,
    });
  });
  if (rows.length === 0 && kind === 'truth') {
    throw new UserError('mot.broken', `${path} is empty.`, `Expected lines ${FORMAT}.`);
  }
  return rows;
}

/** A result file as MOTChallenge takes it. */
export function formatMotResults(rows: readonly MotRow[]): string {
  return rows
    .toSorted((one, other) => one.frame - other.frame || one.id - other.id)
    .map(({ frame, id, boxXyxy: [left, top, right, bottom], confidence }) =>
      [
        frame,
        id,
        ...[left, top, right - left, bottom - top].map((value) => value.toFixed(2)),
        confidence.toFixed(3),
        -1,
        -1,
        -1,
      ].join(','),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function broken(place: string, what: string): UserError {
  return new UserError('mot.broken', `${place}: ${what}.`, `Expected lines ${FORMAT}.`);
}

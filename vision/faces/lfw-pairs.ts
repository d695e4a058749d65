import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../runtime/errors.ts';

/** One person's picture in the layout of LFW: `NAME/NAME_0001.jpg`. */
export interface PairPicture {
  readonly name: string;
  /** From 1. */
  readonly number: number;
}

export interface FacePair {
  readonly one: PairPicture;
  readonly other: PairPicture;
  readonly samePerson: boolean;
  /** From 0. */
  readonly fold: number;
  /** Line of the pairs file, from 1. */
  readonly line: number;
}

export interface PairsFile {
  readonly folds: number;
  readonly pairs: readonly FacePair[];
}

const FOLDS_WITHOUT_HEADER = 10;

/**
 * Reads a pairs file of Labeled Faces in the Wild (Huang et al. 2007): a first line `folds pairs-per-kind`, then for each
 * fold so many lines `name i j` of one person and as many `name i other-name j` of two. A first line with one number is
 * one fold; with the word `folds` before or after it is understood; without a header the pairs are cut into ten folds.
 * @param place how to call the file in errors
 * @throws UserError with the line's number
 */
export function parsePairs(text: string, place: string): PairsFile {
  const lines = text
    .split(/\r?\n/)
    .map((content, index) => ({ columns: columnsOf(content), line: index + 1 }))
    .filter(({ columns }) => columns.length > 0);
  const [first] = lines;
  if (!first) throw broken(place, 1, 'the file is empty');
  const header = headerOf(first.columns);
  const pairs = (header ? lines.slice(1) : lines).map(({ columns, line }) => pairOf(columns, line, place));
  if (pairs.length === 0) throw broken(place, first.line, 'no pairs follow the first line');
  if (!header) return { folds: FOLDS_WITHOUT_HEADER, pairs: spread(pairs, FOLDS_WITHOUT_HEADER) };
  const perFold = 2 * header.pairsPerKind;
  if (pairs.length !== header.folds * perFold) {
    throw broken(
      place,
      first.line,
      `the first line announces ${header.folds} folds of 2 x ${header.pairsPerKind} pairs, that is ${header.folds * perFold} lines; ${pairs.length} follow`,
    );
  }
  return {
    folds: header.folds,
    pairs: pairs.map((pair, index) => ({ ...pair, fold: Math.floor(index / perFold) })),
  };
}

/** @throws UserError when the file can't be read or understood */
export async function readPairs(path: string): Promise<PairsFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(
      'faces.no-pairs',
      `The pairs file ${path} can't be read: ${messageOf(error)}`,
      "Give a file in LFW's format with --pairs FILE.",
      { cause: error },
    );
  });
  return parsePairs(text, path);
}

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.JPG', '.JPEG', '.PNG'];

/**
 * The file of every picture that the pairs name, by `NAME/number`.
 * @throws UserError when one is missing, with the line that names it
 */
export async function findPictures(folder: string, pairs: readonly FacePair[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const listings = new Map<string, Set<string>>();
  for (const pair of pairs) {
    for (const picture of [pair.one, pair.other]) {
      const key = pictureKey(picture);
      if (files.has(key)) continue;
      const listing = listings.get(picture.name) ?? (await listFolder(folder, picture.name, pair.line));
      listings.set(picture.name, listing);
      const stem = `${picture.name}_${String(picture.number).padStart(4, '0')}`;
      const extension = EXTENSIONS.find((candidate) => listing.has(stem + candidate));
      if (extension === undefined) throw missing(join(folder, picture.name, `${stem}.jpg`), pair.line);
      files.set(key, join(folder, picture.name, stem + extension));
    }
  }
  return files;
}

export const pictureKey = ({ name, number }: PairPicture): string => `${name}/${number}`;

async function listFolder(folder: string, name: string, line: number): Promise<Set<string>> {
  try {
    return new Set(await readdir(join(folder, name)));
  } catch {
    throw missing(join(folder, name), line);
  }
}

function missing(path: string, line: number): UserError {
  return new UserError(
    'faces.no-picture',
    `${path} is missing; line ${line} of the pairs file names it.`,
    'Give the folder that holds one folder a person (NAME/NAME_0001.jpg) with --images DIR.',
  );
}

const columnsOf = (line: string): string[] =>
  (line.includes('\t') ? line.split('\t') : line.split(/\s+/)).map((column) => column.trim()).filter(Boolean);

function headerOf(columns: readonly string[]): { folds: number; pairsPerKind: number } | undefined {
  const words = columns.filter((column) => !/^folds?:?$/i.test(column));
  if (words.length === 0 || words.length > 2 || !words.every(isCount)) return undefined;
  const numbers = words.map(Number);
  return numbers.length === 1
    ? { folds: 1, pairsPerKind: numbers[0]! }
    : { folds: numbers[0]!, pairsPerKind: numbers[1]! };
}

function pairOf(columns: readonly string[], line: number, place: string): FacePair {
  const [name, first, third, fourth] = columns;
  if (columns.length === 3 && isCount(first!) && isCount(third!)) {
    const [one, other] = [picture(name!, first!), picture(name!, third!)];
    return { one, other, samePerson: true, fold: 0, line };
  }
  if (columns.length === 4 && isCount(first!) && isCount(fourth!)) {
    const [one, other] = [picture(name!, first!), picture(third!, fourth!)];
    return { one, other, samePerson: one.name === other.name, fold: 0, line };
  }
  throw broken(
    place,
    line,
    `expected "name number number" or "name number name number", found "${columns.join(' ')}"`,
  );
}

const isCount = (text: string): boolean => /^\d+$/.test(text) && Number(text) > 0;
const picture = (name: string, number: string): PairPicture => ({ name, number: Number(number) });

/** Each kind of pair evenly over the folds. */
function spread(pairs: readonly FacePair[], folds: number): FacePair[] {
  const counts = { same: 0, different: 0 };
  const totals = { same: pairs.filter((pair) => pair.samePerson).length, different: 0 };
  totals.different = pairs.length - totals.same;
  return pairs.map((pair) => {
    const kind = pair.samePerson ? 'same' : 'different';
    const fold = Math.floor((counts[kind]++ * folds) / totals[kind]);
    return { ...pair, fold };
  });
}

function broken(place: string, line: number, what: string): UserError {
  return new UserError(
    'faces.bad-pairs',
    `${place}, line ${line}: ${what}.`,
    "Use LFW's format: a first line such as 10 300, then for each fold 300 lines of one person and 300 of two.",
  );
}

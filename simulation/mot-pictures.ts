import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../runtime/errors.ts';
import type { PersonDetector } from '../vision/detection/person-detector.ts';
import { readPicture } from '../vision/faces/picture-file.ts';
import { findSequences } from '../vision/tracking/mot/mot-sequence.ts';
import { readMotTable, type MotRow } from '../vision/tracking/mot/mot-table.ts';
import { matchClaims, SURE_SCORE } from './detection-comparison.ts';

/** How well people were found in the pictures of a sequence. */
export interface SequenceFigures {
  readonly pictures: number;
  readonly people: number;
  /** Share of them with a sure box, and with any. */
  readonly sure: number;
  readonly any: number;
  readonly sureBoxes: number;
  /** Share of the sure boxes that is nobody. */
  readonly nobody: number;
}

/** MOTChallenge's classes 1 and 7, walking and standing people; 2, 8 and 12 (riding, distractors, reflections) are nobody's mistake. */
const PEOPLE = [1, 7];
/** Whole pictures of street scenes are larger than a ceiling camera's. */
const LONGEST_SIDE = 1920;

/**
 * Looks for people in the pictures (`img1/000001.jpg` …) of MOTChallenge sequences, and compares with `gt/gt.txt`.
 * @param every take every n-th picture only
 * @throws UserError when there are no pictures: MOTChallenge's detections alone say nothing of a detector
 */
export async function judgePictures(
  folders: readonly string[],
  every: number,
  detect: PersonDetector['detect'],
  progress: (message: string) => void,
): Promise<Readonly<Record<string, SequenceFigures>>> {
  if (!Number.isInteger(every) || every < 1) {
    throw new UserError(
      'report.options',
      `--every is expected to be 1 or more, found ${every}`,
      'Write --every 5.',
    );
  }
  const figures: Record<string, SequenceFigures> = {};
  for (const folder of await findSequences(folders)) {
    const truth = await readMotTable(join(folder, 'gt/gt.txt'), 'truth');
    const frames = [...new Set(truth.map(({ frame }) => frame))].filter((frame) => frame % every === 0);
    progress(`${folder}: ${frames.length} pictures`);
    figures[folder] = await judge(folder, truth, frames, detect);
  }
  return figures;
}

async function judge(
  folder: string,
  truth: readonly MotRow[],
  frames: readonly number[],
  detect: PersonDetector['detect'],
): Promise<SequenceFigures> {
  const sum = { people: 0, sure: 0, any: 0, boxes: 0, nobody: 0 };
  for (const frame of frames) {
    const picture = await readPicture(await pictureOf(folder, frame), LONGEST_SIDE);
    const found = await detect(picture);
    const rows = truth.filter((row) => row.frame === frame);
    const isPerson = ({ confidence, classNumber }: MotRow): boolean =>
      confidence > 0 && (classNumber === undefined || PEOPLE.includes(classNumber));
    // Whoever doesn't count comes last, so that boxes go to those who do.
    const shown = [...rows.filter(isPerson), ...rows.filter((row) => !isPerson(row))].map(
      ({ id, boxXyxy }) => ({
        visit: id,
        boxXyxy,
        seenXyxy: boxXyxy,
        visible: 1,
      }),
    );
    const people = rows.filter(isPerson).length;
    const sure = matchClaims(
      found.filter(({ score }) => score >= SURE_SCORE),
      shown,
    );
    const isHeld = (score: number | undefined): boolean => score !== undefined;
    sum.people += people;
    sum.sure += sure.scores.slice(0, people).filter(isHeld).length;
    sum.any += matchClaims(found, shown).scores.slice(0, people).filter(isHeld).length;
    sum.boxes += sure.holds.length;
    sum.nobody += sure.holds.filter((one) => one === 'nobody').length;
  }
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    pictures: frames.length,
    people: sum.people,
    sure: share(sum.sure, sum.people),
    any: share(sum.any, sum.people),
    sureBoxes: sum.boxes,
    nobody: share(sum.nobody, sum.boxes),
  };
}

async function pictureOf(folder: string, frame: number): Promise<string> {
  const name = String(frame).padStart(6, '0');
  for (const ending of ['jpg', 'png']) {
    const path = join(folder, 'img1', `${name}.${ending}`);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new UserError(
    'mot.no-picture',
    `${folder} has no picture img1/${name}.jpg`,
    'MOTChallenge packs pictures apart from the ground truth at times: unpack them beside gt/.',
  );
}

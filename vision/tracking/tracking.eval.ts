import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../runtime/errors.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import { BYTE_TRACK_DEFAULTS } from './baseline/byte-track.ts';
import { findSequences, readSequence, type MotSequence } from './mot/mot-sequence.ts';
import { formatMotResults, readMotTable } from './mot/mot-table.ts';
import { byteTrackSequence, everyNth, trackSequence, type TrackedSequence } from './mot/run.ts';
import { count, score, together, type Counts, type Scores } from './mot/scores.ts';

/** How well people are followed, on MOTChallenge sequences that anyone brings along. */
export const report: Report = {
  name: 'tracking',
  summary: 'People followed in one camera’s picture, judged as MOTChallenge does: CLEAR MOT, identity, HOTA',
  options: {
    mot: 'list: folders with det/det.txt and gt/gt.txt (seqinfo.ini if there is one), or folders of such',
    results: 'judge this result file, or the files NAME.txt in this folder, instead of tracking',
    out: 'folder to write the results to, a file NAME.txt a sequence, as MOTChallenge takes them',
    fps: `pictures a second of sequences without seqinfo.ini (25, as MOT15’s TUD sequences have)`,
    every: 'take every n-th picture only, as of a slower detector (1)',
  },
  run,
};

/** Frames a second of TUD-Campus and TUD-Stadtmitte, the usual sequences that come without seqinfo.ini. */
const ASSUMED_FPS = 25;
/** The first is the default of the authors' tracker, the second what their script for MOT17 sets. */
const BASELINES = {
  byteTrack: BYTE_TRACK_DEFAULTS,
  byteTrackMatch09: { ...BYTE_TRACK_DEFAULTS, matchThreshold: 0.9 },
};

interface Judged {
  readonly name: string;
  readonly counts: Counts;
  /** Undefined for results that others made. */
  readonly msPerFrame: number | undefined;
  readonly frames: number;
}

async function run({ options, lists, progress }: ReportArgs): Promise<ReportBody> {
  const folders = lists['mot'] ?? [];
  if (folders.length === 0) {
    throw new UserError(
      'mot.no-data',
      'This evaluation needs --mot: folders of sequences in MOTChallenge’s form.',
      'It brings none along. Write for example --mot data/TUD-Campus data/TUD-Stadtmitte.',
    );
  }
  const fps = positive(options, 'fps', ASSUMED_FPS);
  const nth = Math.round(positive(options, 'every', 1));
  const sequences: MotSequence[] = [];
  for (const folder of await findSequences(folders)) {
    sequences.push(everyNth(await readSequence(folder), nth));
  }
  const rate = (sequence: MotSequence): number => sequence.framesPerSecond ?? fps / nth;
  const notes = [
    'Boxes over distractors don’t count and only pedestrians are looked for where the truth has classes (MOT16 and later), as the official evaluation does.',
    ...sequences
      .filter(({ framesPerSecond }) => framesPerSecond === undefined)
      .map(({ name }) => `${name} has no seqinfo.ini: ${fps / nth} pictures a second assumed (--fps).`),
  ];

  if (options['results'] !== undefined) {
    const judged = await judgeResults(sequences, options['results']);
    return { figures: { ...figuresOf(judged) }, baselines: {}, ratios: {}, notes };
  }

  const judged: Judged[] = [];
  for (const sequence of sequences) {
    progress(`${sequence.name}: ${sequence.frameCount} pictures`);
    const tracked = trackSequence(sequence, rate(sequence));
    if (options['out'] !== undefined) await write(options['out'], sequence, tracked);
    judged.push(judge(sequence, tracked));
  }
  const figures = figuresOf(judged);
  const baselines = Object.fromEntries(
    Object.entries(BASELINES).map(([name, settings]) => [
      name,
      figuresOf(sequences.map((sequence) => judge(sequence, byteTrackSequence(sequence, settings)))),
    ]),
  );
  return {
    figures: { ...figures },
    baselines,
    ratios: ratiosTo(figures, baselines['byteTrack']!),
    notes: [
      ...notes,
      'Online: what is told of a picture is told before the next one; gaps are never filled afterwards.',
      'byteTrack: as published, counting frames (threshold 0.6, match 0.8, buffer 30), on the same boxes; byteTrackMatch09: with the 0.9 that its authors’ script for MOT17 sets.',
      'A ratio above 1 is better than ByteTrack, but for milliseconds; “worst” is that of the sequence where ours compares worst.',
    ],
  };
}

type Figures = Scores & {
  readonly msPerFrame?: number;
  readonly sequences: Readonly<Record<string, Scores & { readonly msPerFrame?: number }>>;
};

function judge(sequence: MotSequence, { rows, msPerFrame }: TrackedSequence): Judged {
  return { name: sequence.name, counts: count(sequence, rows), msPerFrame, frames: sequence.frameCount };
}

async function judgeResults(sequences: readonly MotSequence[], given: string | true): Promise<Judged[]> {
  const path = String(given);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory() && sequences.length !== 1) {
    throw new UserError(
      'mot.results',
      `--results ${path} is no folder, and ${sequences.length} sequences are to be judged.`,
      'Give a folder with a file NAME.txt for every sequence, or one sequence and one file.',
    );
  }
  const judged: Judged[] = [];
  for (const sequence of sequences) {
    const file = found?.isDirectory() ? join(path, `${sequence.name}.txt`) : path;
    const rows = await readMotTable(file, 'results');
    judged.push({
      name: sequence.name,
      counts: count(sequence, rows),
      msPerFrame: undefined,
      frames: sequence.frameCount,
    });
  }
  return judged;
}

function figuresOf(judged: readonly Judged[]): Figures {
  const [first, ...others] = judged;
  if (!first) throw new RangeError('there is nothing to judge');
  const frames = judged.reduce((sum, one) => sum + one.frames, 0);
  const spent = judged.reduce((sum, one) => sum + (one.msPerFrame ?? NaN) * one.frames, 0);
  const withTime = (scores: Scores, msPerFrame: number | undefined) =>
    msPerFrame === undefined || Number.isNaN(msPerFrame) ? scores : { ...scores, msPerFrame };
  return {
    ...withTime(score(together([first.counts, ...others.map(({ counts }) => counts)])), spent / frames),
    sequences: Object.fromEntries(
      judged.map(({ name, counts, msPerFrame }) => [name, withTime(score(counts), msPerFrame)]),
    ),
  };
}

function ratiosTo(ours: Figures, theirs: Figures): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const key of ['mota', 'idf1', 'hota'] as const) {
    const bySequence = Object.entries(ours.sequences).map(
      ([name, scores]) => scores[key] / theirs.sequences[name]![key],
    );
    ratios[`${key}ToByteTrack`] = ours[key] / theirs[key];
    ratios[`worst${key[0]!.toUpperCase()}${key.slice(1)}ToByteTrack`] = Math.min(...bySequence);
  }
  ratios['msToByteTrack'] = (ours.msPerFrame ?? NaN) / (theirs.msPerFrame ?? NaN);
  return ratios;
}

async function write(folder: string | true, sequence: MotSequence, { rows }: TrackedSequence): Promise<void> {
  await mkdir(String(folder), { recursive: true });
  await writeFile(join(String(folder), `${sequence.name}.txt`), formatMotResults(rows));
}

function positive(options: ReportArgs['options'], name: 'fps' | 'every', fallback: number): number {
  const value = options[name] === undefined ? fallback : Number(options[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UserError(
    'mot.option',
    `--${name} is expected to be a number above 0, found "${String(options[name])}".`,
    `Write for example --${name} ${fallback}.`,
  );
}

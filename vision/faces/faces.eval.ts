import { availableParallelism } from 'node:os';
import { UserError } from '../../runtime/errors.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import { startThread } from '../../runtime/thread.ts';
import { distanceBetween, embeddingSpace, type Embedding, type EmbeddingSpace } from './embedding-space.ts';
import type { FaceDetectorName } from './face-detector.ts';
import { chooseFaceNetworks } from './face-networks.ts';
import type { EvaluationAnswer, EvaluationTask, EvaluationThreadData } from './faces-eval.thread.ts';
import { findPictures, pictureKey, readPairs, type FacePair } from './lfw-pairs.ts';
import { createImpostorHistogram, crossValidate, falseRejectRate, type Comparison } from './verification.ts';

/** How well faces are told apart, on pictures that anyone brings along. */
export const report: Report = {
  name: 'faces',
  summary: 'Face recognition on pairs of photographs, by the protocol of Labeled Faces in the Wild',
  options: {
    images: 'folder with one folder a person: NAME/NAME_0001.jpg (also .jpeg, .png)',
    pairs:
      "pairs file in LFW's format: first line 10 300, then 10 times 300 lines of one person and 300 of two",
    far: 'false accept rate that a threshold is suggested for (0.0001)',
    networks: 'dlib, dlib+faceres, dlib+mobileface2 or dlib+mobileface2+faceres (the best that is present)',
    threads: 'worker threads (one a core)',
  },
  async run(args) {
    const settings = await readSettings(args);
    const { pairs, folds } = await readPairs(settings.pairs);
    const files = await findPictures(settings.images, pairs);
    const keys = [...files.keys()];
    const embeddings = await embedAll([...files.values()], settings, args.progress);
    const byKey = new Map(keys.map((key, index) => [key, embeddings[index]]));
    return judge(settings, pairs, folds, byKey, args.progress);
  },
};

interface Settings {
  readonly images: string;
  readonly pairs: string;
  readonly falseAcceptRate: number;
  readonly space: EmbeddingSpace;
  readonly combination: string;
  readonly detectors: readonly FaceDetectorName[];
  readonly threads: number;
}

async function readSettings({ options }: ReportArgs): Promise<Settings> {
  const required = (name: 'images' | 'pairs', what: string): string => {
    const value = options[name];
    if (typeof value === 'string') return value;
    throw new UserError(
      'faces.no-data',
      `This evaluation needs --${name}: ${what}.`,
      'It brings no pictures along.',
    );
  };
  const positive = (name: 'far' | 'threads', fallback: number): number => {
    const value = options[name] === undefined ? fallback : Number(options[name]);
    if (value > 0) return value;
    throw new UserError(
      'faces.bad-option',
      `--${name} should be a number above 0.`,
      `Try --${name} ${fallback}.`,
    );
  };
  const images = required('images', 'the folder of pictures');
  const pairs = required('pairs', 'the pairs file');
  const choice = await chooseFaceNetworks();
  const wanted = options['networks'];
  const combination = typeof wanted === 'string' ? wanted : choice.combination;
  return {
    images,
    pairs,
    falseAcceptRate: positive('far', 0.0001),
    combination,
    space: embeddingSpace(combination),
    detectors: [...new Set<FaceDetectorName>(['blazeface', choice.detector, 'ssd-mobilenetv1'])],
    threads: Math.ceil(positive('threads', availableParallelism())),
  };
}

/**
 * Shares the pictures out among threads, as each becomes free; undefined where no face was found. Threads are asked to end
 * and never terminated: ONNX Runtime aborts the whole process when a thread is taken from under it.
 */
function embedAll(
  paths: readonly string[],
  { combination, detectors, threads }: Settings,
  progress: (message: string) => void,
): Promise<(Embedding | undefined)[]> {
  const data: EvaluationThreadData = { combination, detectors };
  const embeddings = new Array<Embedding | undefined>(paths.length);
  const tell = createProgress(paths.length, progress);
  let next = 0;
  let done = 0;
  let failure: Error | undefined;
  progress(`${paths.length} pictures, ${threads} threads, ${combination}`);
  return new Promise((resolve, reject) => {
    let running = 0;
    const start = (): void => {
      const worker = startThread(new URL('./faces-eval.thread.ts', import.meta.url), data);
      running++;
      worker.on('error', (error) => (failure ??= error));
      worker.on('exit', () => {
        running--;
        if (running > 0) return;
        if (done === paths.length) resolve(embeddings);
        else reject(failure ?? new Error('the threads ended before the pictures'));
      });
      worker.on('message', (answer: EvaluationAnswer) => {
        if (answer.kind === 'failed') failure ??= new UserError(answer.code, answer.message, answer.next);
        if (answer.kind === 'read') {
          embeddings[answer.index] = answer.embedding;
          tell(++done);
        }
        const index = next++;
        const path = failure ? undefined : paths[index];
        worker.postMessage(path === undefined ? 'close' : ({ index, path } satisfies EvaluationTask));
      });
    };
    for (let count = Math.min(threads, paths.length); count > 0; count--) start();
  });
}

/** Tells every few seconds how far it is and how long it will take. */
function createProgress(total: number, progress: (message: string) => void): (done: number) => void {
  const startedAtMs = performance.now();
  let toldAtMs = startedAtMs;
  return (done) => {
    const now = performance.now();
    if (now - toldAtMs < 5000 && done < total) return;
    toldAtMs = now;
    const secondsLeft = Math.round((((now - startedAtMs) / done) * (total - done)) / 1000);
    progress(`${done} of ${total} pictures, ${secondsLeft} s left`);
  };
}

function judge(
  { space, combination, detectors, falseAcceptRate }: Settings,
  pairs: readonly FacePair[],
  folds: number,
  byKey: ReadonlyMap<string, Embedding | undefined>,
  progress: (message: string) => void,
): ReportBody {
  const comparisons = pairs.map(({ one, other, samePerson, fold }): Comparison => {
    const [a, b] = [byKey.get(pictureKey(one)), byKey.get(pictureKey(other))];
    return { distance: a && b ? distanceBetween(space, a, b) : Infinity, samePerson, fold };
  });
  progress('comparing everybody with everybody');
  const impostors = compareAll(space, byKey);
  const notFound = [...byKey.values()].filter((embedding) => embedding === undefined).length;
  const at = (rate: number): number => falseRejectRate(comparisons, impostors.thresholdAt(rate));
  return {
    figures: {
      ...crossValidate(comparisons, folds),
      frrAtFar1e2: at(1e-2),
      frrAtFar1e3: at(1e-3),
      frrAtFar1e4: at(1e-4),
      notFound,
      suggestedThreshold: impostors.thresholdAt(falseAcceptRate),
      suggestedForFar: falseAcceptRate,
      frrAtSuggestedThreshold: at(falseAcceptRate),
      thresholdAtFar1e2: impostors.thresholdAt(1e-2),
      thresholdAtFar1e3: impostors.thresholdAt(1e-3),
      thresholdAtFar1e4: impostors.thresholdAt(1e-4),
      pictures: byKey.size,
      pairs: pairs.length,
      impostorPairs: impostors.count,
      network: combination,
      space: space.id,
      detector: detectors.join(', '),
      alignment:
        "dlib's 68-point chip, landmarks averaged over shifted and mirrored views; mean with the mirror image",
    },
    baselines: {},
    ratios: {},
    notes: [
      'FRR: pairs of one person in the pairs file that are rejected; FAR: every two pictures of different names, all against all.',
      'A picture in which no face is found is rejected: wrong in a pair of one person, right in a pair of two, left out of FAR.',
      'The subject of a picture is its most certain, large and central face.',
      `Distances are in the unit of the space: recognition.threshold takes suggestedThreshold as it is.`,
    ],
  };
}

function compareAll(space: EmbeddingSpace, byKey: ReadonlyMap<string, Embedding | undefined>) {
  const histogram = createImpostorHistogram();
  const found = [...byKey].flatMap(([key, embedding]) =>
    embedding ? [{ name: key.slice(0, key.lastIndexOf('/')), embedding }] : [],
  );
  found.forEach((one, index) => {
    for (let before = 0; before < index; before++) {
      const other = found[before]!;
      if (one.name !== other.name) histogram.add(distanceBetween(space, one.embedding, other.embedding));
    }
  });
  return histogram;
}

import { parentPort } from 'node:worker_threads';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { threadData } from '../../runtime/thread.ts';
import type { Embedding } from './embedding-space.ts';
import { embeddingSpace } from './embedding-space.ts';
import { openFaceDetector, type FaceDetector, type FaceDetectorName } from './face-detector.ts';
import { openFaceReader } from './face-reader.ts';
import { readPicture } from './picture-file.ts';
import { readSubject } from './subject.ts';

/** What an evaluation's thread is started with. */
export interface EvaluationThreadData {
  readonly combination: string;
  readonly detectors: readonly FaceDetectorName[];
}

/** One picture to read, and what became of it. Embeddings stay in this process and in memory. */
export interface EvaluationTask {
  readonly index: number;
  readonly path: string;
}
export type EvaluationAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly index: number; readonly embedding: Embedding | undefined }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly next: string };

/** Pictures are as large as LFW's or larger; larger ones are scaled down to this, where a face of 75 pixels is found. */
const LONGEST_SIDE = 600;
/** Lower than at the door: every picture is known to show a face. */
const MINIMUM_SCORE = 0.3;

const port = parentPort!;
const answer = (message: EvaluationAnswer): void => port.postMessage(message);

try {
  await serve(threadData<EvaluationThreadData>());
} catch (error) {
  fail(error);
  port.close();
}

async function serve({ combination, detectors: names }: EvaluationThreadData): Promise<void> {
  const detectors: FaceDetector[] = [];
  for (const name of names) detectors.push(await openFaceDetector(name, { minimumScore: MINIMUM_SCORE }));
  const reader = await openFaceReader(embeddingSpace(combination));
  const embed = async ({ index, path }: EvaluationTask): Promise<void> => {
    const picture = await readPicture(path, LONGEST_SIDE);
    answer({ kind: 'read', index, embedding: await readSubject(picture, detectors, reader) });
  };
  port.on('message', (task: EvaluationTask | 'close') => {
    if (task === 'close') port.close();
    else embed(task).catch(fail);
  });
  answer({ kind: 'ready' });
}

function fail(error: unknown): void {
  const known = error instanceof UserError ? error : undefined;
  answer({
    kind: 'failed',
    code: known?.code ?? 'faces.failed',
    message: messageOf(error),
    next: known?.next ?? 'This is a mistake of ours; please report it.',
  });
}

import { parentPort } from 'node:worker_threads';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { threadData } from '../../runtime/thread.ts';
import type { Embedding } from './embedding-space.ts';
import { embeddingSpace } from './embedding-space.ts';
import { openFaceDetector, type FaceDetectorName } from './face-detector.ts';
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

const { combination, detectors: names } = threadData<EvaluationThreadData>();
const answer = (message: EvaluationAnswer): void => parentPort?.postMessage(message);

try {
  const detectors = await Promise.all(
    names.map((name) => openFaceDetector(name, { minimumScore: MINIMUM_SCORE })),
  );
  const reader = await openFaceReader(embeddingSpace(combination));
  parentPort?.on('message', ({ index, path }: EvaluationTask) => {
    readPicture(path, LONGEST_SIDE)
      .then((picture) => readSubject(picture, detectors, reader))
      .then((embedding) => answer({ kind: 'read', index, embedding }))
      .catch(fail);
  });
  answer({ kind: 'ready' });
} catch (error) {
  fail(error);
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

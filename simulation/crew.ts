import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../runtime/thread.ts';
import { drawBackdrop } from './backdrop.ts';
import { CEILING_SCALE, DOOR_SCALE, type Cutout, type CutoutScale } from './cutout.ts';
import { drawFloorBackdrop } from './floor-backdrop.ts';
import type { RenderAnswer, RenderOrder, RenderThreadData } from './render.thread.ts';
import type { Scenario } from './scenario.ts';
import { cameraOfView, castOfView, type Seen, type View, type ViewBackdrop } from './view.ts';

/** A painted picture; its memory goes back to the crew when the consumer asks for the next one. */
export interface PaintedFrame extends Seen {
  readonly frame: number;
  readonly rgb: Uint8Array;
}

/** Threads that paint the frames of one scenario. */
export interface Crew {
  readonly cutouts: ReadonlyMap<string, Cutout>;
  /**
   * Frames `from` to `to` - 1 in order, painted ahead by all threads.
   * @param view which of the crew's views, from 0
   */
  paint(view: number, from: number, to: number): AsyncGenerator<PaintedFrame>;
  close(): Promise<void>;
}

/** Frames that one thread paints ahead: 2.8 MB each at 1280 × 720. */
const AHEAD = 3;

/**
 * Cuts out everyone who appears in the views and readies one painting thread a core.
 * @param threads how many; by default the machine's cores, at most 8
 */
export async function startCrew(
  scenario: Scenario,
  views: readonly View[],
  threads = Math.min(8, availableParallelism()),
): Promise<Crew> {
  const data: RenderThreadData = { scenario, views };
  const painters = Array.from({ length: threads }, () => new PainterThread(data));
  try {
    const castIds = [...new Set(views.flatMap(castOfView))];
    const scale = views.some(({ kind }) => kind === 'door') ? DOOR_SCALE : CEILING_SCALE;
    const [backdrops, ...shares] = await Promise.all([
      Promise.all(views.map(drawView)),
      ...painters.map((one, index) =>
        one.cut(
          castIds.filter((_, at) => at % threads === index),
          scale,
        ),
      ),
    ]);
    const cutouts = shares.flat();
    for (const one of painters) one.order({ kind: 'prepare', cutouts, backdrops });
    return {
      cutouts: new Map(cutouts.map((cutout) => [cutout.castId, cutout])),
      paint: (view, from, to) => paintInOrder(painters, view, from, to),
      close: () => closeAll(painters),
    };
  } catch (error) {
    await closeAll(painters);
    throw error;
  }
}

async function* paintInOrder(
  painters: readonly PainterThread[],
  view: number,
  from: number,
  to: number,
): AsyncGenerator<PaintedFrame> {
  const painted: Promise<Painted>[] = [];
  let ordered = from;
  const orderNext = (memory?: ArrayBuffer): void => {
    if (ordered >= to) return;
    const promise = painters[ordered % painters.length]!.paint(view, ordered++, memory);
    // Whoever fails is heard when its frame is due; until then the rejection must not count as unhandled.
    promise.catch(() => undefined);
    painted.push(promise);
  };
  for (let count = 0; count < AHEAD * painters.length; count++) orderNext();
  for (let frame = from; frame < to; frame++) {
    const { memory, seen } = await painted.shift()!;
    yield { frame, rgb: new Uint8Array(memory), ...seen };
    orderNext(memory);
  }
}

async function drawView(view: View): Promise<ViewBackdrop> {
  return view.kind === 'door'
    ? { kind: 'door', backdrop: await drawBackdrop() }
    : { kind: 'ceiling', backdrop: await drawFloorBackdrop(cameraOfView(view)) };
}

async function closeAll(painters: readonly PainterThread[]): Promise<void> {
  await Promise.all(painters.map((one) => one.close()));
}

type Painted = Extract<RenderAnswer, { kind: 'painted' }>;
interface Waiting {
  readonly resolve: (answer: RenderAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One thread: it answers orders in the order in which they were given. */
class PainterThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(data: RenderThreadData) {
    this.#worker = startThread(new URL('./render.thread.ts', import.meta.url), data);
    this.#worker.on('message', (answer: RenderAnswer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error: Error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('a rendering thread ended before its work was done'));
    });
  }

  order(order: RenderOrder, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  async cut(castIds: readonly string[], scale: CutoutScale): Promise<readonly Cutout[]> {
    const answer = await this.#ask({ kind: 'cut', castIds, scale });
    if (answer.kind !== 'cut')
      throw new Error(`a rendering thread answered ${answer.kind} to an order to cut`);
    return answer.cutouts;
  }

  async paint(view: number, frame: number, memory?: ArrayBuffer): Promise<Painted> {
    const answer = await this.#ask({ kind: 'paint', view, frame, memory }, memory ? [memory] : []);
    if (answer.kind !== 'painted')
      throw new Error(`a rendering thread answered ${answer.kind} to an order to paint`);
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(order: RenderOrder, transfer: ArrayBuffer[] = []): Promise<RenderAnswer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.order(order, transfer);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}

import { parentPort } from 'node:worker_threads';
import { threadData } from '../runtime/thread.ts';
import { castMember } from './cast.ts';
import { cutOut, type Cutout, type CutoutScale } from './cutout.ts';
import { loadPhotograph } from './photographs.ts';
import type { Scenario } from './scenario.ts';
import {
  createViewPainter,
  sizeOfView,
  type PaintView,
  type Seen,
  type View,
  type ViewBackdrop,
} from './view.ts';

/** What a rendering thread is started with. */
export interface RenderThreadData {
  readonly scenario: Scenario;
  readonly views: readonly View[];
}

export type RenderOrder =
  | { readonly kind: 'cut'; readonly castIds: readonly string[]; readonly scale: CutoutScale }
  | {
      readonly kind: 'prepare';
      readonly cutouts: readonly Cutout[];
      readonly backdrops: readonly ViewBackdrop[];
    }
  /** Paints into the memory that comes with it, or into new memory. */
  | {
      readonly kind: 'paint';
      readonly view: number;
      readonly frame: number;
      readonly memory: ArrayBuffer | undefined;
    };

export type RenderAnswer =
  | { readonly kind: 'cut'; readonly cutouts: readonly Cutout[] }
  | {
      readonly kind: 'painted';
      readonly frame: number;
      readonly memory: ArrayBuffer;
      readonly seen: Seen;
    };

const port = parentPort;
if (!port) throw new Error('this module runs in a thread that render.ts starts');

const { scenario, views } = threadData<RenderThreadData>();
let painters: readonly PaintView[] | undefined;

port.on('message', (order: RenderOrder) => {
  if (order.kind === 'cut') {
    // A rejection ends the thread with its error, which render.ts hears.
    void cutAll(order.castIds, order.scale).then((cutouts) => {
      answer({ kind: 'cut', cutouts });
    });
  } else if (order.kind === 'prepare') {
    const byId = new Map(order.cutouts.map((cutout) => [cutout.castId, cutout]));
    painters = views.map((view, index) => createViewPainter(scenario, view, byId, order.backdrops[index]!));
  } else {
    const [view, paint] = [views[order.view], painters?.[order.view]];
    if (!view || !paint) throw new Error('asked to paint before it was prepared');
    const { width, height } = sizeOfView(view);
    const memory = order.memory ?? new ArrayBuffer(width * height * 3);
    const seen = paint(order.frame, new Uint8Array(memory));
    answer({ kind: 'painted', frame: order.frame, memory, seen }, [memory]);
  }
});

async function cutAll(castIds: readonly string[], scale: CutoutScale): Promise<Cutout[]> {
  const cutouts: Cutout[] = [];
  for (const id of castIds) {
    const member = castMember(id);
    cutouts.push(await cutOut(member, await loadPhotograph(member.video.photograph), scale));
  }
  return cutouts;
}

function answer(message: RenderAnswer, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

import { parentPort } from 'node:worker_threads';
import { threadData } from '../runtime/thread.ts';
import type { Backdrop } from './backdrop.ts';
import { castMember } from './cast.ts';
import { cutOut, type Cutout } from './cutout.ts';
import { createPainter, type PaintedFace, type Painter } from './painter.ts';
import { loadPhotograph } from './photographs.ts';
import type { Walk } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA } from './scene.ts';

/** What a rendering thread is started with. */
export interface RenderThreadData {
  readonly scenario: Scenario;
  readonly walks: readonly Walk[];
}

export type RenderOrder =
  | { readonly kind: 'cut'; readonly castIds: readonly string[] }
  | { readonly kind: 'prepare'; readonly cutouts: readonly Cutout[]; readonly backdrop: Backdrop }
  /** Paints into the memory that comes with it, or into new memory. */
  | { readonly kind: 'paint'; readonly frame: number; readonly memory: ArrayBuffer | undefined };

export type RenderAnswer =
  | { readonly kind: 'cut'; readonly cutouts: readonly Cutout[] }
  | {
      readonly kind: 'painted';
      readonly frame: number;
      readonly memory: ArrayBuffer;
      readonly faces: readonly PaintedFace[];
    };

const port = parentPort;
if (!port) throw new Error('this module runs in a thread that render.ts starts');

const { scenario, walks } = threadData<RenderThreadData>();
const { width, height } = DOOR_CAMERA.geometry;
let painter: Painter | undefined;

port.on('message', (order: RenderOrder) => {
  if (order.kind === 'cut') {
    // A rejection ends the thread with its error, which render.ts hears.
    void cutAll(order.castIds).then((cutouts) => {
      answer({ kind: 'cut', cutouts });
    });
  } else if (order.kind === 'prepare') {
    const byId = new Map(order.cutouts.map((cutout) => [cutout.castId, cutout]));
    painter = createPainter(scenario, walks, byId, order.backdrop);
  } else {
    if (!painter) throw new Error('asked to paint before it was prepared');
    const memory = order.memory ?? new ArrayBuffer(width * height * 3);
    const faces = painter.paint(order.frame, new Uint8Array(memory));
    answer({ kind: 'painted', frame: order.frame, memory, faces }, [memory]);
  }
});

async function cutAll(castIds: readonly string[]): Promise<Cutout[]> {
  const cutouts: Cutout[] = [];
  for (const id of castIds) {
    const member = castMember(id);
    cutouts.push(await cutOut(member, await loadPhotograph(member.video.photograph)));
  }
  return cutouts;
}

function answer(message: RenderAnswer, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

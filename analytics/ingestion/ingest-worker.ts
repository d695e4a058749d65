import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { startChild } from '../../runtime/child.ts';
import type { IngestWorkerOrders } from './ingest-worker.process.ts';
import type { Rate } from './sink-stage.ts';

/** A process that does nothing but sink wants room for what lives shortly: ingest/sinks/README.md. */
const NODE_OPTIONS = '--max-semi-space-size=64';

/** The work in a process of its own, as `smart-store sink` is one: no events of the benchmark in its memory. */
export async function rateOfWorker(orders: IngestWorkerOrders): Promise<Rate> {
  const child = startChild(new URL('./ingest-worker.process.ts', import.meta.url), [JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS },
  });
  try {
    const [answer] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
    if (child.exitCode !== 0) throw new Error(`the worker ended with status ${String(child.exitCode)}`);
    return JSON.parse(answer) as Rate;
  } finally {
    child.kill();
  }
}

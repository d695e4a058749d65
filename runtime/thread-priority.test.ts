import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')(
  'a thread that yields does so alone: the process stays as it was',
  async () => {
    const before = getPriority(process.pid);
    const module = new URL('./thread-priority.ts', import.meta.url).href;
    const worker = new Worker(
      `(async () => {
        const { register } = await import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))});
        register();
        (await import(${JSON.stringify(module)})).yieldToOthers();
        const stat = require('node:fs').readFileSync('/proc/thread-self/stat', 'utf8');
        require('node:worker_threads').parentPort.postMessage(stat);
      })()`,
      { eval: true },
    );
    const stat = await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    await worker.terminate();
    expect(niceOf(stat)).toBe(10);
    expect(getPriority(process.pid)).toBe(before);
    expect(niceOf(readFileSync(`/proc/${process.pid}/stat`, 'utf8'))).toBe(before);
  },
);

/** The 19th field of proc(5)'s stat; the second one, in brackets, may hold spaces. */
const niceOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);

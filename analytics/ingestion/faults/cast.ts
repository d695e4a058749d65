import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../runtime/errors.ts';
import { ROOT } from '../../../runtime/paths.ts';
import type { Order, Told } from './messages.ts';

/** A process of the suite, on the suite's side. */
export interface Actor {
  readonly pid: number;
  readonly isAlive: boolean;
  /** Resolves with what it wrote on standard error when its process is gone. */
  readonly ended: Promise<string>;
  order(order: Order): void;
  /** The next message of a kind; rejects when the process ends first. */
  next<Kind extends Told['kind']>(kind: Kind): Promise<Extract<Told, { kind: Kind }>>;
  listen(listener: (what: Told) => void): () => void;
  kill(signal: NodeJS.Signals): void;
}

/** Processes that stand ready, so that a killed one is replaced at once. */
export interface Cast {
  take(): Promise<Actor>;
  /** For one that has closed its role and waits for another. */
  giveBack(actor: Actor): void;
  close(): Promise<void>;
}

const KEPT_WORDS = 4_000;
const BUNDLES = `${ROOT}.cache/fault-suite`;

/**
 * @param spares how many processes wait beside those that play
 */
export async function createCast(spares: number): Promise<Cast> {
  const bundle = await bundleActor();
  const all = new Set<Actor>();
  const waiting: Promise<Actor>[] = [];
  let isClosed = false;

  function start(): Promise<Actor> {
    const actor = watch(fork(bundle, [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
    all.add(actor);
    void actor.ended.then(() => all.delete(actor));
    const ready = actor.next('idle').then(() => actor);
    ready.catch(() => undefined);
    return ready;
  }

  function refill(): void {
    while (!isClosed && waiting.length < spares) waiting.push(start());
  }

  refill();
  return {
    async take() {
      for (;;) {
        const actor = await (waiting.shift() ?? start());
        refill();
        if (actor.isAlive) return actor;
      }
    },
    giveBack(actor) {
      if (actor.isAlive && waiting.length < 2 * spares) waiting.unshift(Promise.resolve(actor));
      else actor.kill('SIGKILL');
    },
    async close() {
      isClosed = true;
      for (const actor of all) actor.kill('SIGKILL');
      await Promise.all([...all].map(({ ended }) => ended));
      await rm(bundle, { force: true });
    },
  };
}

/**
 * One file of JavaScript for the processes. README.md says what that saves; and a run of an hour is not disturbed by
 * somebody who edits the sources meanwhile.
 */
async function bundleActor(): Promise<string> {
  const { build } = await import('vite').catch((cause: unknown) => {
    throw new UserError(
      'faults.vite-missing',
      'The fault suite bundles its processes with Vite, which is not installed.',
      'Run "npm ci" without --omit=dev.',
      { cause },
    );
  });
  await mkdir(BUNDLES, { recursive: true });
  const name = `actor-${process.pid}.mjs`;
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    // libsql is machine code and stays where npm put it.
    ssr: { noExternal: true, external: ['libsql'] },
    build: {
      ssr: fileURLToPath(new URL('./actor.process.ts', import.meta.url)),
      outDir: BUNDLES,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: name, codeSplitting: false } },
    },
  });
  return `${BUNDLES}/${name}`;
}

function watch(child: ChildProcess): Actor {
  const { pid } = child;
  if (pid === undefined) throw new Error('a forked process has a pid');
  const listeners = new Set<(what: Told) => void>();
  let words = '';
  let isAlive = true;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-KEPT_WORDS);
  });
  child.on('error', () => undefined);
  child.on('message', (what: Told) => {
    if (what.kind === 'failed') words = `${words}${what.reason}\n`;
    for (const listener of [...listeners]) listener(what);
  });
  // What it had told before it was killed is still read; then the channel closes.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(() => {
    isAlive = false;
    return words.trim();
  });
  return {
    pid,
    ended,
    get isAlive() {
      return isAlive;
    },
    order(order) {
      // One that was killed a moment ago hears nothing more.
      if (child.connected) child.send(order, () => undefined);
    },
    next<Kind extends Told['kind']>(kind: Kind) {
      return new Promise<Extract<Told, { kind: Kind }>>((resolve, reject) => {
        const listener = (what: Told): void => {
          if (what.kind !== kind) return;
          listeners.delete(listener);
          resolve(what as Extract<Told, { kind: Kind }>); // its kind was just compared
        };
        listeners.add(listener);
        void ended.then((said) => {
          listeners.delete(listener);
          reject(new Error(`process ${pid} ended before it was ${kind}: ${said || 'it said nothing'}`));
        });
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    kill: (signal) => void child.kill(signal),
  };
}

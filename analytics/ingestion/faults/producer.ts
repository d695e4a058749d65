import type { AnyEvent } from '../../../ingest/events/registry.ts';
import { messageOf } from '../../../runtime/errors.ts';
import type { Actor, Cast } from './cast.ts';
import { dismiss, routesOf } from './crew.ts';
import type { LogPlace } from './scene.ts';
import type { Servers } from './servers.ts';
import type { Wire } from './wire.ts';

/** The producer of a run, and the ones that take over when it is killed. */
export interface Producer {
  readonly acknowledged: ReadonlySet<string>;
  /** The first part of the events is in the log. */
  readonly firstPart: Promise<void>;
  /** All are. */
  readonly done: Promise<void>;
  /** To each broker; empty where the fault breaks no network. */
  readonly wires: readonly Wire[];
  /** The next time that it begins to append. */
  appending(): Promise<void>;
  /** kill -9; another one starts, looks what the log has, and goes on. */
  kill(): Promise<void>;
  skewClock(offsetMs: number): void;
  /** Lets it append the rest. */
  release(): void;
  close(): Promise<void>;
}

export interface ProducerOptions {
  readonly cast: Cast;
  readonly servers: Servers;
  readonly log: LogPlace;
  readonly events: readonly AnyEvent[];
  readonly holdAt: number;
  readonly chunk: number;
  readonly pauseMs: number;
  readonly wires: readonly Wire[];
}

export async function startProducer(options: ProducerOptions): Promise<Producer> {
  const { cast, servers, log, events, holdAt, chunk, pauseMs, wires } = options;
  const acknowledged = new Set<string>();
  const first = createDeferred();
  const all = createDeferred();
  // Who waits hears of it.
  first.promise.catch(() => undefined);
  all.promise.catch(() => undefined);
  let triedSinceMs: number | null = null;
  let isReleased = false;
  let isSpoiled = false;
  let closed: Promise<void> | undefined;
  /** A process is used again by other runs, whose acknowledgements are not ours. */
  let deafen: () => void = () => undefined;
  let actor = await start();

  async function start(): Promise<Actor> {
    const next = await cast.take();
    deafen();
    deafen = next.listen((what) => {
      if (what.kind === 'acknowledged') for (const id of what.ids) acknowledged.add(id);
      if (what.kind === 'appending') triedSinceMs ??= what.sinceMs;
      if (what.kind === 'produced') {
        first.resolve();
        if (what.all) all.resolve();
      }
      if (what.kind === 'failed') replace(next);
    });
    next.order({
      kind: 'produce',
      log,
      events: events.filter(({ id }) => !acknowledged.has(id)),
      holdAt: Math.max(0, holdAt - acknowledged.size),
      chunk,
      pauseMs,
      routes: routesOf(servers, wires),
      triedSinceMs,
    });
    if (isReleased) next.order({ kind: 'release' });
    return next;
  }

  /** A producer that failed was killed by nobody; its successor does as after a kill. */
  function replace(failed: Actor): void {
    if (failed !== actor) return;
    start().then(
      (next) => (actor = next),
      (error: unknown) => {
        first.reject(error);
        all.reject(new Error(`No producer could start: ${messageOf(error)}`));
      },
    );
  }

  async function closeAll(): Promise<void> {
    deafen();
    await dismiss(actor, cast, isSpoiled);
    await Promise.all(wires.map((wire) => wire.close()));
  }

  return {
    acknowledged,
    firstPart: first.promise,
    done: all.promise,
    wires,
    async appending() {
      await actor.next('appending').catch(() => undefined);
    },
    async kill() {
      const killed = actor;
      killed.kill('SIGKILL');
      await killed.ended;
      actor = await start();
    },
    skewClock(offsetMs) {
      isSpoiled = true;
      actor.order({ kind: 'skew-clock', offsetMs });
    },
    release() {
      isReleased = true;
      actor.order({ kind: 'release' });
    },
    close: () => (closed ??= closeAll()),
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function createDeferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../runtime/errors.ts';
import type { Actor, Cast } from './cast.ts';
import type { Hold, Sabotage } from './messages.ts';
import type { Random } from './random.ts';
import type { LogPlace } from './scene.ts';
import type { Servers } from './servers.ts';
import { createWire, type Wire } from './wire.ts';

/** One worker of a run: a process with the real sink in it. */
export interface Worker {
  readonly actor: Actor;
  /** To ClickHouse and to each broker; empty where the fault breaks no network. */
  readonly wires: Wires;
  /** True once it stands still at the step that it was to hold at. */
  readonly reached: Promise<boolean>;
  hold(hold: Hold): Promise<boolean>;
  release(): void;
  /** Its wall clock jumps. */
  skewClock(offsetMs: number): void;
  /** kill -9; nobody replaces it but `crew.enter`. */
  kill(): Promise<void>;
}

export interface Wires {
  readonly clickHouse: Wire | null;
  readonly brokers: readonly Wire[];
}

/** The workers of a run under a supervisor, which replaces one that ends by itself. */
export interface Crew {
  readonly workers: readonly Worker[];
  /** Starts a worker; resolves when its sink runs. */
  enter(hold?: Hold): Promise<Worker>;
  /** Closes a worker in order. */
  leave(worker: Worker): Promise<void>;
  /** What those said that ended without being told to. */
  readonly failures: readonly string[];
  close(): Promise<void>;
}

export interface CrewOptions {
  readonly cast: Cast;
  readonly random: Random;
  readonly servers: Servers;
  readonly log: LogPlace;
  readonly database: string;
  readonly isWired: boolean;
  readonly sabotage: Sabotage | null;
}

/** Batches are cut to another size by each worker: only what was announced says what a batch was. */
const LEAST_RECORDS = 4;
const MOST_RECORDS = 40;
const ENTER_LIMIT_MS = 60_000;
const CLOSE_LIMIT_MS = 40_000;
const AGAIN_MS = 100;

const NO_WIRES: Wires = { clickHouse: null, brokers: [] };

interface OwnWorker extends Worker {
  /** Whoever ends it has taken over what comes next. */
  isDismissed: boolean;
  isSpoiled: boolean;
}

export function createCrew(options: CrewOptions): Crew {
  const { cast, random, servers, log, database, isWired, sabotage } = options;
  const workers: OwnWorker[] = [];
  const failures: string[] = [];
  const wires: Wire[] = [];
  let isClosing = false;
  let closed: Promise<void> | undefined;
  const isOver = (): boolean => isClosing;

  async function enter(hold?: Hold): Promise<OwnWorker> {
    const maxRecords = random.whole(LEAST_RECORDS, MOST_RECORDS);
    const until = performance.now() + ENTER_LIMIT_MS;
    for (;;) {
      const worker = await start(maxRecords, hold);
      const isOpen = await worker.actor.next('open').then(
        () => true,
        () => false,
      );
      if (isOpen) {
        supervise(worker).catch((error: unknown) => failures.push(messageOf(error)));
        return worker;
      }
      failures.push(await worker.actor.ended);
      remove(worker);
      if (isClosing || worker.isDismissed) return worker;
      if (performance.now() > until) throw new Error(`No worker could start: ${failures.at(-1) ?? ''}`);
      await sleep(AGAIN_MS);
    }
  }

  async function supervise(worker: OwnWorker): Promise<void> {
    const said = await worker.actor.ended;
    remove(worker);
    if (isClosing || worker.isDismissed) return;
    failures.push(said);
    await sleep(AGAIN_MS);
    if (!isOver()) await enter();
  }

  function remove(worker: OwnWorker): void {
    const index = workers.indexOf(worker);
    if (index >= 0) workers.splice(index, 1);
  }

  async function start(maxRecords: number, hold: Hold | undefined): Promise<OwnWorker> {
    const own = isWired ? await layWires(servers) : NO_WIRES;
    wires.push(...(own.clickHouse === null ? [] : [own.clickHouse]), ...own.brokers);
    const actor = await cast.take();
    const worker: OwnWorker = {
      actor,
      wires: own,
      isDismissed: false,
      isSpoiled: false,
      reached: reachedBy(actor),
      hold(next) {
        const reached = reachedBy(actor);
        actor.order({ kind: 'hold', ...next });
        return reached;
      },
      release: () => actor.order({ kind: 'release' }),
      skewClock(offsetMs) {
        worker.isSpoiled = true;
        actor.order({ kind: 'skew-clock', offsetMs });
      },
      async kill() {
        worker.isDismissed = true;
        actor.kill('SIGKILL');
        await actor.ended;
      },
    };
    workers.push(worker);
    actor.order({
      kind: 'carry',
      log,
      url: own.clickHouse === null ? servers.clickHouse.url : `http://127.0.0.1:${own.clickHouse.port}`,
      database,
      maxRecords,
      routes: routesOf(servers, own.brokers),
      hold: hold ?? null,
      sabotage,
    });
    return worker;
  }

  async function closeAll(): Promise<void> {
    isClosing = true;
    await Promise.all(workers.splice(0).map(({ actor, isSpoiled }) => dismiss(actor, cast, isSpoiled)));
    await Promise.all(wires.map((wire) => wire.close()));
  }

  return {
    workers,
    failures,
    enter,
    async leave(worker) {
      const own = workers.find((each) => each === worker);
      if (own === undefined) return;
      own.isDismissed = true;
      remove(own);
      await dismiss(own.actor, cast, own.isSpoiled);
    },
    close: () => (closed ??= closeAll()),
  };
}

/** A wire to ClickHouse and one to each broker. */
async function layWires(servers: Servers): Promise<Wires & { readonly clickHouse: Wire }> {
  return {
    clickHouse: await createWire(Number(new URL(servers.clickHouse.url).port)),
    brokers: await layBrokerWires(servers),
  };
}

export async function layBrokerWires({ kafka }: Servers): Promise<readonly Wire[]> {
  return Promise.all((kafka?.nodes ?? []).map(({ brokerPort }) => createWire(brokerPort)));
}

export const routesOf = (servers: Servers, wires: readonly Wire[]): readonly (readonly [number, number])[] =>
  wires.map((wire, index) => [servers.kafka!.nodes[index]!.brokerPort, wire.port]);

/** Closes the role of a process in order; one that can't is killed. */
export async function dismiss(actor: Actor, cast: Cast, isSpoiled: boolean): Promise<void> {
  actor.kill('SIGCONT');
  const idle = actor.next('idle').then(
    () => true,
    () => false,
  );
  actor.order({ kind: 'close' });
  const patience = new AbortController();
  const overdue = sleep(CLOSE_LIMIT_MS, false, { signal: patience.signal }).catch(() => false);
  const isIdle = await Promise.race([idle, overdue]);
  patience.abort();
  if (isIdle && !isSpoiled) cast.giveBack(actor);
  else actor.kill('SIGKILL');
}

async function reachedBy(actor: Actor): Promise<boolean> {
  return actor.next('reached').then(
    () => true,
    () => false,
  );
}

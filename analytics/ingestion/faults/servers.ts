import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startClickHouse, type ClickHouseEngine } from '../../../ingest/clickhouse/engine.ts';
import { startKafka, type KafkaNode } from '../../../ingest/kafka/broker.ts';
import type { Logger } from '../../../runtime/logger.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** The servers that all runs use, each on a disk of its own, and what can be done to them. */
export interface Servers {
  /** For what a run keeps on disk. */
  readonly folder: string;
  readonly clickHouse: {
    readonly url: string;
    readonly disk: SmallDisk;
    /** kill -9; it is started again by its supervisor. */
    kill(): void;
    /** SIGSTOP and SIGCONT. */
    signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
    /** Waits until it answers. */
    isUp(): Promise<void>;
    /** What it said each time that it ended and nobody had killed it. */
    readonly crashes: readonly string[];
  };
  /** Null when the runs are on the embedded log. */
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly nodes: readonly KafkaNode[];
    readonly disk: SmallDisk;
  } | null;
  close(): Promise<void>;
}

const CLICKHOUSE_DISK_MIB = 512;
const KAFKA_DISK_MIB = 512;
const PING_EVERY_MS = 25;
const UP_LIMIT_MS = 60_000;

export async function startServers(options: {
  /** Brokers to start; 0 for none. */
  readonly nodes: 0 | 1 | 3;
  /** Brokers that are there already and belong to somebody else, who wants them unbroken. */
  readonly brokers?: readonly string[] | undefined;
  readonly logger: Logger;
  readonly progress: (message: string) => void;
}): Promise<Servers> {
  const { nodes, brokers: others, logger, progress } = options;
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-faults-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const clickHouseDisk = await mountSmallDisk(join(folder, 'clickhouse'), CLICKHOUSE_DISK_MIB);
    closing.push(() => clickHouseDisk.close());
    progress('starting ClickHouse');
    const engine = await startClickHouse({ dataDir: join(folder, 'clickhouse', 'data'), logger });
    closing.push(() => engine.close());
    let kafka: Servers['kafka'] = null;
    if (others !== undefined) {
      kafka = { brokers: others, nodes: others.map(untouchable), disk: NO_DISK };
    } else if (nodes > 0) {
      // The first node's disk is small; with three nodes the others go on without it.
      const disk = await mountSmallDisk(join(folder, 'kafka', 'node-1'), KAFKA_DISK_MIB);
      closing.push(() => disk.close());
      progress(`starting Apache Kafka, ${nodes === 1 ? 'one node' : 'three nodes'}`);
      const started = await startKafka({
        nodes: nodes === 1 ? 1 : 3,
        dataDir: join(folder, 'kafka'),
        logger,
      });
      closing.push(() => started.close());
      kafka = { brokers: started.brokers, nodes: started.nodes, disk };
    }
    return { folder, clickHouse: { ...controls(engine), disk: clickHouseDisk }, kafka, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const NOT_OURS = 'these brokers belong to somebody else';

const NO_DISK: SmallDisk = {
  whyNot: NOT_OURS,
  fill: () => Promise.reject(new Error(NOT_OURS)),
  free: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function untouchable(broker: string, index: number): KafkaNode {
  const refuse = (): Promise<never> => Promise.reject(new Error(NOT_OURS));
  const brokerPort = Number(broker.slice(broker.lastIndexOf(':') + 1));
  return { id: index + 1, brokerPort, pid: 0, isRunning: true, kill: refuse, start: refuse };
}

function controls(engine: ClickHouseEngine): Omit<Servers['clickHouse'], 'disk'> {
  const crashes: string[] = [];
  let kills = 0;
  engine.onExit(({ code, signal: by, words }) => {
    if (by === 'SIGKILL' && kills > 0) kills -= 1;
    else crashes.push(`${by ?? `exit status ${code ?? 'unknown'}`} ${words}`.trim());
  });
  const signal = (name: NodeJS.Signals): void => {
    const pid = engine.pid();
    if (pid !== undefined) process.kill(pid, name);
  };
  return {
    url: engine.url,
    kill() {
      kills += 1;
      signal('SIGKILL');
    },
    signal,
    crashes,
    async isUp() {
      const until = performance.now() + UP_LIMIT_MS;
      while (!(await answers(engine.url))) {
        if (performance.now() > until) throw new Error('ClickHouse did not come back within a minute.');
        await sleep(PING_EVERY_MS);
      }
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/ping`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { brokerSettings, type BrokerSecurity, type NodePlace } from './broker-settings.ts';
import { newClusterId } from './cluster-id.ts';
import { startFailure, startJava, type JavaExit, type JavaProcess } from './broker-node.ts';
import { isAnswering } from './broker-probe.ts';
import { kafkaJars } from './jars.ts';
import { freePort, isFree } from './ports.ts';

export interface KafkaOptions {
  /** Brokers that are controllers too; 3 survive the loss of one. */
  readonly nodes: 1 | 3;
  /** Where topics live; made when missing. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Of the brokers; any free ones otherwise. */
  readonly ports?: readonly number[];
  /** Adds a listener with TLS and SCRAM-SHA-512 to every node; only new data takes the users. */
  readonly security?: BrokerSecurity;
  readonly progress?: (message: string) => void;
}

/** Apache Kafka on this machine: loopback only, ended with this process whatever way it ends. */
export interface KafkaBrokers {
  /** Addresses for `kafka.brokers`. */
  readonly brokers: readonly string[];
  /** Addresses of the listeners with TLS and login; empty without `security`. */
  readonly secureBrokers: readonly string[];
  readonly nodes: readonly KafkaNode[];
  close(): Promise<void>;
}

export interface KafkaNode {
  readonly id: number;
  readonly brokerPort: number;
  /** Of the present or the last process. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** SIGKILL and SIGTERM resolve when it is gone; SIGSTOP and SIGCONT pause and wake it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its data; resolves when it answers. */
  start(): Promise<void>;
}

const CLUSTER_FILE = 'cluster.json';
const FORMATTED = 'formatted';
const START_LIMIT_MS = 60_000;
const PROBE_EVERY_MS = 50;

/**
 * Starts Apache Kafka (KRaft, each node broker and controller) and waits until metadata and a group coordinator answer.
 * @throws UserError `kafka.java-missing`, `kafka.java-old`, `kafka.maven-missing`, `kafka.jars-unreachable`,
 * `kafka.port-taken`, `kafka.directory-taken`, `kafka.nodes`, `kafka.did-not-start`
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaBrokers> {
  const { dataDir, logger, security, progress = () => undefined } = options;
  const jars = await kafkaJars(progress);
  mkdirSync(dataDir, { recursive: true });
  const clusterId = clusterOf(dataDir, options.nodes);
  const places = await choosePlaces(options);
  const nodes = places.map((place) => createNode({ place, places, jars, clusterId, security, progress }));
  try {
    await Promise.all(nodes.map((node) => node.launch()));
    const everybody = nodes.map((node) => node.isUp(places.length));
    await Promise.all(everybody);
  } catch (error) {
    await Promise.all(nodes.map((node) => node.close()));
    throw error;
  }
  const brokers = places.map(({ brokerPort }) => `127.0.0.1:${brokerPort}`);
  logger.info({ brokers, dataDir, pids: nodes.map(({ pid }) => pid) }, 'Kafka is ready');
  return {
    brokers,
    secureBrokers: places.flatMap(({ securePort }) =>
      securePort === undefined ? [] : [`127.0.0.1:${securePort}`],
    ),
    nodes,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

interface NodeOptions {
  readonly place: NodePlace;
  readonly places: readonly NodePlace[];
  readonly jars: string;
  readonly clusterId: string;
  readonly security: BrokerSecurity | undefined;
  readonly progress: (message: string) => void;
}

interface OwnNode extends KafkaNode {
  /** Formats new storage and starts the process. */
  launch(): Promise<void>;
  /** Waits until it answers and sees so many brokers. */
  isUp(brokers: number): Promise<void>;
  close(): Promise<void>;
}

function createNode(options: NodeOptions): OwnNode {
  const { place, places, jars, clusterId, security, progress } = options;
  const settingsPath = join(place.folder, 'server.properties');
  let java: JavaProcess | undefined;
  let exit: JavaExit | undefined;

  async function format(): Promise<void> {
    const stamp = join(place.folder, FORMATTED);
    if (existsSync(stamp)) return;
    progress(`preparing new storage in ${place.folder}`);
    rmSync(join(place.folder, 'log'), { recursive: true, force: true });
    const users = (security?.users ?? []).flatMap(({ name, password }) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    const tool = await startJava(jars, place.folder, [
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      settingsPath,
      ...users,
    ]);
    const ended = await tool.ended;
    if (ended.code !== 0) throw startFailure(tool, ended, place.folder);
    writeFileSync(stamp, clusterId);
  }

  async function run(): Promise<void> {
    exit = undefined;
    const started = await startJava(jars, place.folder, ['kafka.Kafka', settingsPath]);
    java = started;
    void started.ended.then((how) => {
      if (java === started) exit = how;
    });
  }

  async function isUp(brokers: number): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await isAnswering(place.brokerPort, brokers))) {
      if (exit !== undefined) throw startFailure(java!, exit, place.folder);
      if (Date.now() > deadline) throw startFailure(java!, undefined, place.folder);
      await sleep(PROBE_EVERY_MS);
    }
  }

  return {
    id: place.id,
    brokerPort: place.brokerPort,
    get pid() {
      return java?.pid ?? 0;
    },
    get isRunning() {
      return java !== undefined && exit === undefined;
    },
    async launch() {
      mkdirSync(place.folder, { recursive: true });
      writeFileSync(settingsPath, brokerSettings(place, places, security));
      await format();
      progress(`starting node ${place.id} on 127.0.0.1:${place.brokerPort}`);
      await run();
    },
    isUp,
    async kill(signal) {
      java?.kill(signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await java?.ended;
    },
    async start() {
      if (java !== undefined && exit === undefined) {
        throw new Error(`Node ${place.id} of Kafka runs already.`);
      }
      await run();
      await isUp(1);
    },
    async close() {
      if (java !== undefined && exit === undefined) await java.stop();
    },
  };
}

/** The cluster's id, made the first time. @throws UserError `kafka.nodes` */
function clusterOf(dataDir: string, nodes: number): string {
  const path = join(dataDir, CLUSTER_FILE);
  if (!existsSync(path)) {
    const clusterId = newClusterId();
    writeFileSync(path, `${JSON.stringify({ clusterId, nodes })}\n`);
    return clusterId;
  }
  const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (isCluster(kept)) {
    if (kept.nodes === nodes) return kept.clusterId;
    throw new UserError(
      'kafka.nodes',
      `${dataDir} holds a Kafka of ${kept.nodes} node${kept.nodes === 1 ? '' : 's'}, asked for are ${nodes}.`,
      `Start it with --nodes ${kept.nodes}, or give the new one a folder of its own (--data).`,
    );
  }
  throw new UserError(
    'kafka.data',
    `${path} is not what Smart Store wrote: expected clusterId and nodes.`,
    'Give Kafka another folder (--data), or restore this one.',
  );
}

function isCluster(value: unknown): value is { clusterId: string; nodes: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'clusterId' in value &&
    typeof value.clusterId === 'string' &&
    'nodes' in value &&
    typeof value.nodes === 'number'
  );
}

/** @throws UserError `kafka.port-taken` */
async function choosePlaces({
  nodes,
  dataDir,
  ports,
  security,
}: KafkaOptions): Promise<readonly NodePlace[]> {
  const taken = new Set(ports);
  const another = async (): Promise<number> => {
    const port = await freePort(taken);
    taken.add(port);
    return port;
  };
  const places: NodePlace[] = [];
  for (let id = 1; id <= nodes; id += 1) {
    const wanted = ports?.[id - 1];
    if (wanted !== undefined && !(await isFree(wanted))) {
      throw new UserError(
        'kafka.port-taken',
        `Port ${wanted} of 127.0.0.1 is used by another program.`,
        'Stop that program, or choose another port (--port).',
      );
    }
    places.push({
      id,
      folder: join(dataDir, `node-${id}`),
      brokerPort: wanted ?? (await another()),
      controllerPort: await another(),
      ...(security === undefined ? {} : { securePort: await another() }),
    });
  }
  return places;
}

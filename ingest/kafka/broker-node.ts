import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../runtime/errors.ts';

/** One Java process: a broker, or a tool of Kafka's. */
export interface JavaProcess {
  readonly pid: number;
  /** The last lines on standard output and error. */
  words(): string;
  readonly ended: Promise<JavaExit>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, and kills it when it takes too long. */
  stop(): Promise<JavaExit>;
}

export interface JavaExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LOG_SETTINGS = fileURLToPath(new URL('./log4j2.properties', import.meta.url));
const BROKER_LOG = 'broker.log';
const KEPT_WORDS = 4_000;
const STOP_LIMIT_MS = 20_000;
const HEAP = '-Xmx320m';
/** Serial collector and the fast compiler only: half the memory and start-up time of a server's own choices. */
const JVM_OPTIONS = [HEAP, '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/**
 * Runs Java so that it can't outlive us. The shell becomes Java (`exec`), so its pid is Java's; a shell behind it waits on
 * a pipe whose other end only this process holds. When this process is gone, even by kill -9, the pipe ends and Java is killed.
 */
const GUARDED = `{ read -r _ <&3 || kill -9 $$; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null`;
const GUARD_PIPE = 3;

/** @throws UserError `kafka.java-missing` */
export async function startJava(jars: string, folder: string, args: readonly string[]): Promise<JavaProcess> {
  const java = [
    ...JVM_OPTIONS,
    `-Dlog4j2.configurationFile=${LOG_SETTINGS}`,
    `-Dsmart-store.broker-log=${join(folder, BROKER_LOG)}`,
    '-cp',
    join(jars, '*'),
    ...args,
  ];
  // A process group of its own: Ctrl-C reaches us alone, and we stop the nodes in order.
  const child = spawn('sh', ['-c', GUARDED, 'sh', 'java', ...java], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  return watch(child);
}

/** What went wrong, in the broker's own words. */
export function startFailure(java: JavaProcess, exit: JavaExit | undefined, folder: string): UserError {
  const said = `${java.words()}\n${endOf(join(folder, BROKER_LOG))}`;
  if (exit?.code === COMMAND_NOT_FOUND) {
    return new UserError(
      'kafka.java-missing',
      'Apache Kafka runs on Java, but the command java was not found.',
      'Run "apt-get install default-jre-headless", or put a java of 17 or newer on the PATH.',
    );
  }
  if (said.includes('UnsupportedClassVersionError')) {
    return new UserError(
      'kafka.java-old',
      'Apache Kafka 4 needs Java 17 or newer; the java on the PATH is older.',
      'Run "apt-get install default-jre-headless", or put a newer java first on the PATH.',
    );
  }
  if (said.includes('Failed to acquire lock on file')) {
    return new UserError(
      'kafka.directory-taken',
      `Another Kafka uses ${folder}.`,
      'Stop that one first, or give this one a folder of its own (--data).',
    );
  }
  const how =
    exit === undefined
      ? 'it did not answer in time'
      : exit.signal === null
        ? `exit status ${exit.code ?? 'unknown'}`
        : `signal ${exit.signal}`;
  return new UserError(
    'kafka.did-not-start',
    `Kafka did not start (${how}): ${tellingLines(said) || 'it said nothing'}`,
    `Look at ${join(folder, BROKER_LOG)}; check that the disk is not full and that the ports are free.`,
  );
}

/** What sh answers when `exec` finds no such command. */
const COMMAND_NOT_FOUND = 127;

function watch(child: ChildProcess): JavaProcess {
  let words = '';
  const keep = (text: string): void => {
    words = (words + text).slice(-KEPT_WORDS);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const guard = child.stdio[GUARD_PIPE] as Socket;
  guard.on('error', () => undefined);
  const ended = once(child, 'exit').then(() => {
    // The guard must not kill whoever gets this pid next.
    guard.end('ended\n');
    return { code: child.exitCode, signal: child.signalCode };
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('a spawned process has a pid');
  return {
    pid,
    words: () => words.trim(),
    ended,
    kill: (signal) => void child.kill(signal),
    async stop() {
      const patience = new AbortController();
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const overdue = sleep(STOP_LIMIT_MS, undefined, { signal: patience.signal, ref: false }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
      const exit = await ended;
      patience.abort();
      await overdue;
      return exit;
    },
  };
}

function endOf(path: string): string {
  if (!existsSync(path)) return '';
  const { size } = statSync(path);
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(size, KEPT_WORDS));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** The lines that name a cause, without stack frames. */
function tellingLines(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => /ERROR|FATAL|Exception|Error:/.test(line) && !/^\s+at /.test(line));
  return lines.slice(-5).join('\n');
}

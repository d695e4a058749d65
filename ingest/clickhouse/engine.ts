import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../runtime/child.ts';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { readOwner } from './directory-lock.ts';
import { ENGINE_EXIT } from './engine-exit.ts';
import { findEngineLibrary } from './engine-library.ts';

export interface ClickHouseEngineOptions {
  /** Where the tables live; made when missing. One engine at a time. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Where it answers HTTP on 127.0.0.1; any free port by default. */
  readonly port?: number;
  /**
   * ClickHouse's own configuration (XML), for several engines that are to be one cluster: `remote_servers`, `macros`.
   * With it the engine answers its native protocol too, on `tcp_port` of that file.
   */
  readonly settingsFile?: string;
}

/** ClickHouse's own engine as a local HTTP server, supervised: when it dies it is started again at the same address. */
export interface ClickHouseEngine {
  /** e.g. `http://127.0.0.1:43211`; stays the same over restarts. */
  readonly url: string;
  /** The present child; undefined between two of them. */
  pid(): number | undefined;
  /** How often it was started again. */
  restarts(): number;
  /** Called each time the child ends without being asked. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Stops it cleanly: running queries end, tables are closed. */
  close(): Promise<void>;
}

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote. */
  readonly words: string;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const PING_EVERY_MS = 20;
const PING_LIMIT_MS = 1_000;
const BACK_OFF_MS = { first: 100, most: 10_000 };
const KEPT_WORDS = 4_000;

/**
 * Starts ClickHouse from npm's `chdb` in a child process and waits until it answers /ping.
 * The child ends with this process, whatever way this process ends.
 * @throws UserError `clickhouse.platform`, `.library-missing`, `.glib-missing`, `.directory-taken`, `.port-taken`, `.did-not-start`
 */
export async function startClickHouse(options: ClickHouseEngineOptions): Promise<ClickHouseEngine> {
  const { dataDir, logger, settingsFile } = options;
  const library = findEngineLibrary();
  mkdirSync(dataDir, { recursive: true });
  const port = options.port === undefined ? await freeLoopbackPort() : await requireFree(options.port);
  const url = `http://127.0.0.1:${port}`;

  const listeners: ((exit: EngineExit) => void)[] = [];
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let restarts = 0;
  let running = await startOnce();
  const supervision = supervise();

  return {
    url,
    pid: () => (hasEnded(running.child) ? undefined : running.child.pid),
    restarts: () => restarts,
    onExit: (listener) => void listeners.push(listener),
    close: async () => {
      stopping.abort();
      await stop(running);
      await supervision;
    },
  };

  async function startOnce(): Promise<Running> {
    const module = new URL('./engine.process.ts', import.meta.url);
    // A process group of its own: Ctrl-C reaches the store alone, which then closes its parts in order.
    const child = startChild(module, [library, dataDir, String(port), settingsFile ?? ''], {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    const attempt = watch(child);
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await answersPing(url))) {
      const ended = await Promise.race([attempt.ended, sleep(PING_EVERY_MS)]);
      if (ended) throw startFailure(ended, dataDir);
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        throw startFailure(await attempt.ended, dataDir);
      }
    }
    logger.info({ url, pid: child.pid, dataDir }, 'ClickHouse is ready');
    return attempt;
  }

  async function supervise(): Promise<void> {
    for (let waitMs = BACK_OFF_MS.first; ;) {
      const exit = await running.ended;
      if (isStopping()) return;
      logger.warn({ ...exit }, 'ClickHouse ended by itself and is started again');
      for (const listener of listeners) listener(exit);
      for (;;) {
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (isStopping()) return;
        waitMs = Math.min(waitMs * 2, BACK_OFF_MS.most);
        try {
          running = await startOnce();
          restarts += 1;
          if (isStopping()) await stop(running);
          waitMs = BACK_OFF_MS.first;
          break;
        } catch (error) {
          logger.error({ err: error, nextTryMs: waitMs }, 'ClickHouse did not start again');
        }
      }
    }
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<EngineExit>;
}

function watch(child: ChildProcess): Running {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-KEPT_WORDS);
  });
  child.stdin?.on('error', () => undefined);
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode,
    signal: child.signalCode,
    words: words.trim(),
  }));
  return { child, ended };
}

async function stop({ child, ended }: Running): Promise<void> {
  child.stdin?.end();
  const patience = new AbortController();
  const overdue = sleep(STOP_LIMIT_MS, undefined, { signal: patience.signal, ref: false }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  patience.abort();
  await overdue;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** One connection a question: the engine would wait for a kept one when it stops. */
async function answersPing(url: string): Promise<boolean> {
  const request = get(`${url}/ping`, { agent: false, timeout: PING_LIMIT_MS });
  request.on('timeout', () => request.destroy());
  return new Promise((resolve) => {
    request.on('error', () => resolve(false));
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
  });
}

async function freeLoopbackPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

async function requireFree(port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new UserError(
      'clickhouse.port-taken',
      `ClickHouse should answer on 127.0.0.1:${port}, but that port can't be had: ${messageOf(cause)}`,
      'End the program that has it, or choose another port with --port.',
      { cause },
    );
  }
  server.close();
  await once(server, 'close');
  return port;
}

function startFailure(exit: EngineExit, dataDir: string): UserError {
  if (exit.code === ENGINE_EXIT.glibMissing) {
    return new UserError(
      'clickhouse.glib-missing',
      "ClickHouse's engine needs the shared library libglib-2.0.so.0, which is not installed.",
      'Run "apt-get install libglib2.0-0" (Debian 13 and later: libglib2.0-0t64).',
    );
  }
  if (exit.code === ENGINE_EXIT.directoryTaken) {
    const owner = readOwner(dataDir);
    return new UserError(
      'clickhouse.directory-taken',
      `The data directory ${dataDir} is used by another running store${owner ? ` (process ${owner.parentPid})` : ''}.`,
      'Stop that one first, or give this one a data directory of its own (SMART_STORE_DATA).',
    );
  }
  const how = exit.signal === null ? `exit status ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  return new UserError(
    'clickhouse.did-not-start',
    `ClickHouse's engine did not start (${how}): ${exit.words || 'it said nothing'}`,
    `Look at the message above; check that ${dataDir} can be written and that its disk is not full.`,
  );
}

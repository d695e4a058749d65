import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../runtime/errors.ts';
import type { Logger } from '../../../runtime/logger.ts';
import { createCast } from './cast.ts';
import { createGate } from './gate.ts';
import type { Sabotage } from './messages.ts';
import { createRandom } from './random.ts';
import { performRun, type RunResult } from './run.ts';
import { startServers } from './servers.ts';
import { createStages, type Stage } from './stages.ts';
import { chooseFault, FAULTS, whyNot } from './table.ts';

export interface SuiteOptions {
  readonly runs: number;
  readonly seed: number;
  /** Only these; all that can happen here when empty. */
  readonly only: readonly string[];
  /** Brokers; 0 for the embedded log. */
  readonly nodes: 0 | 1 | 3;
  /** Brokers that are there already, instead of own ones; faults that break brokers are not for them. */
  readonly brokers?: readonly string[];
  /** Runs side by side. */
  readonly lanes: number;
  readonly sabotage: Sabotage | null;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  readonly progress: (message: string) => void;
  readonly onResult: (result: RunResult, count: number) => void;
}

export interface SuiteResult {
  readonly results: readonly RunResult[];
  /** What ClickHouse said when it ended and nobody had killed it. */
  readonly crashes: readonly string[];
  readonly skipped: readonly { readonly fault: string; readonly why: string }[];
}

const BUILD_ATTEMPTS = 10;
const BUILD_AGAIN_MS = 500;

/** Runs fault after fault against servers that stay; what one run leaves behind, the next one does not see. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { runs, seed, only, nodes, lanes, sabotage, logger, stopping, progress, onResult } = options;
  const servers = await startServers({ nodes, brokers: options.brokers, logger, progress });
  const cast = await createCast(lanes + 2);
  const stages = createStages(servers, logger);
  const gate = createGate();
  const wanted = FAULTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const possible = wanted.filter((fault) => whyNot(fault, servers) === null);
  const skipped = wanted.flatMap((fault) => {
    const why = whyNot(fault, servers);
    return why === null ? [] : [{ fault: fault.name, why }];
  });
  const results: RunResult[] = [];
  let begun = 0;

  async function runOne(): Promise<void> {
    begun += 1;
    const ownSeed = seed + begun - 1;
    const fault = chooseFault(possible, createRandom(ownSeed));
    const work = async (): Promise<RunResult> => {
      const stage = await buildStage();
      const result = await performRun({ cast, servers, logger, sabotage }, stage, fault, ownSeed);
      await stages.strike(stage, result.isRight).catch((error: unknown) => {
        progress(`what run ${ownSeed} left behind stays: ${messageOf(error)}`);
      });
      return result;
    };
    const result = await (fault.alone === true ? gate.exclusive(work) : gate.shared(work));
    results.push(result);
    onResult(result, results.length);
  }

  /** A server that an earlier run broke may need a moment more; tables and topics that were half made are not used. */
  async function buildStage(): Promise<Stage> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await stages.build();
      } catch (error) {
        if (attempt === BUILD_ATTEMPTS) throw error;
        progress(`the next run finds the servers not ready: ${messageOf(error)}`);
        await sleep(BUILD_AGAIN_MS);
      }
    }
  }

  async function lane(): Promise<void> {
    while (begun < runs && !stopping.aborted) await runOne();
  }

  try {
    if (possible.length > 0) await Promise.all(Array.from({ length: lanes }, lane));
    return { results, skipped, crashes: servers.clickHouse.crashes };
  } finally {
    await cast.close();
    await servers.close();
  }
}

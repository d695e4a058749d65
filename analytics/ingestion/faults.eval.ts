import { UserError } from '../../runtime/errors.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import type { RunResult } from './faults/run.ts';
import { SABOTAGES } from './faults/messages.ts';
import { runSuite, type SuiteResult } from './faults/suite.ts';
import { FAULTS } from './faults/table.ts';

/** Breaks workers, servers, networks, disks and clocks at random, and compares what is stored with what was acknowledged. */
export const report: Report = {
  name: 'faults',
  summary: `real brokers and a real ClickHouse, and what can happen to them. After each run the raw table, the roll-ups and the offsets
are compared with what the log had acknowledged to the producer. Ctrl-C ends it and tells what was done.

Faults:
${FAULTS.map(({ name, sentence }) => `  ${name.padEnd(28)} ${sentence}`).join('\n')}`,
  options: {
    runs: 'how many runs (default 20)',
    seed: 'of the first run; the next ones count on (default 1)',
    faults: 'only these, by name, with commas between (default: all that can happen here)',
    log: 'kafka or embedded (default kafka)',
    nodes: 'brokers, 1 or 3 (default 1)',
    lanes: 'runs side by side (default 4)',
    sabotage: `breaks the sink on purpose, to see that the suite finds it: ${SABOTAGES.join(', ')} (default: nothing)`,
  },
  run,
};

/** Of a fatal error's report: enough to know it again. */
const CRASH_WORDS = 600;

async function run(args: ReportArgs): Promise<ReportBody> {
  const { options, progress } = args;
  const runs = wholeNumber(args, 'runs', 20, 1, 1_000_000);
  const seed = wholeNumber(args, 'seed', 1, 0, 2 ** 31);
  const lanes = wholeNumber(args, 'lanes', 4, 1, 64);
  const log = oneOf(args, 'log', ['kafka', 'embedded']);
  const nodes = oneOf(args, 'nodes', ['1', '3']) === '3' ? 3 : 1;
  const sabotage = options['sabotage'] === undefined ? null : oneOf(args, 'sabotage', SABOTAGES);
  const only = namesOf(options['faults']);
  const stopping = new AbortController();
  const stop = (): void => {
    progress('stopping after the runs in hand');
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const suite = await runSuite({
      runs,
      seed,
      only,
      nodes: log === 'embedded' ? 0 : nodes,
      lanes,
      sabotage,
      logger: createLogger('faults', process.env['SMART_STORE_LOG'] ?? 'silent'),
      stopping: stopping.signal,
      progress,
      onResult: (result, count) => progress(lineOf(result, count, runs, log, nodes)),
    });
    const body = bodyOf(suite);
    if (suite.results.some((result) => !result.isRight)) process.exitCode = 1;
    return body;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function bodyOf({ results, skipped, crashes }: SuiteResult): ReportBody {
  const sum = (count: (result: RunResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const wrong = results.filter((result) => !result.isRight);
  return {
    figures: {
      runs: results.length,
      lost: sum(({ verdict }) => verdict?.lost ?? 0),
      doubled: sum(({ verdict }) => verdict?.doubled ?? 0),
      rollUpsWrong: sum(({ verdict }) => verdict?.rollUpsWrong.length ?? 0),
      offsetsWrong: sum(({ verdict }) => verdict?.offsetsWrong.length ?? 0),
      deadLettersWrong: sum(({ verdict }) => (verdict?.deadLettersWrong ? 1 : 0)),
      notFinished: sum(({ stuck }) => (stuck === null ? 0 : 1)),
      clickHouseCrashes: crashes.length,
      events: sum(({ acknowledged }) => acknowledged),
      withoutFault: sum(({ recoverySeconds }) => (recoverySeconds === null ? 1 : 0)),
      wrongSeeds: wrong.map(({ seed }) => seed),
      faults: Object.fromEntries(
        [...new Set(results.map(({ fault }) => fault))]
          .sort()
          .map((fault) => [fault, figuresOf(results.filter((result) => result.fault === fault))]),
      ),
    },
    baselines: {},
    ratios: {},
    notes: [
      'lost: acknowledged by the log and not in the raw table. doubled: in it twice, by event or by place in the log.',
      'recoverySeconds: from the damage until everything appended is stored and committed, mending and late events included.',
      'kill -9 is not a power cut: what the operating system had taken to write, it still writes.',
      ...crashes.map((words) => `ClickHouse ended by itself: ${words.slice(0, CRASH_WORDS)}`),
      ...skipped.map(({ fault, why }) => `skipped ${fault}: ${why}`),
      ...wrong.map(({ seed, fault, stuck }) => `wrong: --seed ${seed} (${fault}) ${stuck ?? ''}`),
    ],
  };
}

function figuresOf(results: readonly RunResult[]): Readonly<Record<string, number | null>> {
  const seconds = results.flatMap(({ recoverySeconds }) => recoverySeconds ?? []).sort((a, b) => a - b);
  const rounded = (value: number | undefined): number | null =>
    value === undefined ? null : Math.round(value * 100) / 100;
  return {
    runs: results.length,
    wrong: results.filter((result) => !result.isRight).length,
    recoverySecondsMedian: rounded(seconds[Math.floor((seconds.length - 1) / 2)]),
    recoverySecondsMax: rounded(seconds.at(-1)),
  };
}

function lineOf(result: RunResult, count: number, runs: number, log: string, nodes: number): string {
  const { seed, fault, seconds, recoverySeconds, acknowledged, verdict, stuck, failures, isRight } = result;
  const head = `run ${count} of ${runs}: ${fault}, seed ${seed}, ${seconds.toFixed(1)} s, ${acknowledged} events`;
  if (isRight) return recoverySeconds === null ? `${head}, the fault did not come about` : head;
  return [
    `${head}: WRONG`,
    ...(stuck === null ? [] : [`  ${stuck}`]),
    ...(verdict === null ? [] : [`  ${JSON.stringify(verdict)}`]),
    ...failures.map((said) => `  a worker ended: ${said}`),
    `  again: npm run eval -- faults --runs 1 --seed ${seed} --faults ${fault}${log === 'embedded' ? ' --log embedded' : ` --nodes ${nodes}`}`,
  ].join('\n');
}

function namesOf(given: string | true | undefined): readonly string[] {
  if (given === undefined) return [];
  const names = String(given)
    .split(',')
    .map((name) => name.trim());
  const unknown = names.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown === undefined) return names;
  throw new UserError(
    'faults.unknown',
    `There is no fault "${unknown}".`,
    'Type "npm run eval -- faults --help" to see them all.',
  );
}

function oneOf<Choice extends string>(
  { options }: ReportArgs,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const given = options[name];
  const choice = given === undefined ? choices[0] : choices.find((each) => each === given);
  if (choice !== undefined) return choice;
  throw new UserError(
    'faults.option',
    `--${name} should be ${choices.join(' or ')}; found "${String(given)}".`,
    `Type for example: npm run eval -- faults --${name} ${choices[0]}`,
  );
}

function wholeNumber(
  { options }: ReportArgs,
  name: string,
  byDefault: number,
  least: number,
  most: number,
): number {
  const given = options[name];
  const value = given === undefined ? byDefault : Number(given);
  if (Number.isSafeInteger(value) && value >= least && value <= most && given !== true) return value;
  throw new UserError(
    'faults.option',
    `--${name} should be a whole number from ${least} to ${most}; found "${String(given)}".`,
    `Type for example: npm run eval -- faults --${name} ${byDefault}`,
  );
}

import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf, UserError } from '../runtime/errors.ts';
import { ROOT } from '../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../runtime/report.ts';

type Reports = Readonly<Record<string, () => Promise<{ report: Report }>>>;

export const EVALUATIONS: Reports = {
  faces: () => import('../vision/faces/faces.eval.ts'),
  door: () => import('../simulation/door.eval.ts'),
  tracking: () => import('../vision/tracking/tracking.eval.ts'),
  detection: () => import('../simulation/detection.eval.ts'),
  floor: () => import('../simulation/floor.eval.ts'),
  faults: () => import('../analytics/ingestion/faults.eval.ts'),
};

export const BENCHMARKS: Reports = {
  vision: () => import('../vision/moments/vision.bench.ts'),
  ceiling: () => import('../vision/moments/ceiling.bench.ts'),
  tracking: () => import('../vision/tracking/tracking.bench.ts'),
  log: () => import('../ingest/log/log.bench.ts'),
  kafka: () => import('../ingest/log/kafka.bench.ts'),
  sink: () => import('../analytics/ingestion/sink.bench.ts'),
  ingest: () => import('../analytics/ingestion/ingest.bench.ts'),
};

/** What `smart-store eval` or `smart-store bench` knows, for its help. */
export function listReports(verb: string, reports: Reports): string {
  return `Names: ${Object.keys(reports).join(', ')}\nType "smart-store ${verb} NAME --help" to see what one takes; every one takes --json.`;
}

/**
 * Runs one report. With `--json` standard output carries exactly one JSON object; progress goes to standard error.
 * @throws UserError for an unknown name or option
 */
export async function runReport(
  verb: string,
  reports: Reports,
  name: string | undefined,
  args: readonly string[],
): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(`Usage: smart-store ${verb} NAME [options]\n\n${listReports(verb, reports)}\n`);
    return;
  }
  const load = reports[name];
  if (load === undefined) {
    throw new UserError('report.unknown', `There is no "${verb} ${name}".`, listReports(verb, reports));
  }
  const { report } = await load();
  const { options, lists } = parseOptions(verb, report, args);
  if (options['help'] === true) {
    process.stdout.write(describe(verb, report));
    return;
  }
  const { json, ...given } = options;
  const body = await report.run({
    options: given,
    lists,
    progress: (message) => process.stderr.write(`${message}\n`),
  });
  const whole = {
    name: report.name,
    at: new Date().toISOString(),
    machine: describeMachine(),
    commit: commitOf(),
    ...body,
  };
  process.stdout.write(json === true ? `${JSON.stringify(whole)}\n` : render(report, body));
}

function parseOptions(
  verb: string,
  report: Report,
  args: readonly string[],
): Pick<ReportArgs, 'options' | 'lists'> {
  const kind = (option: string) => /^(flag|list):/.exec(report.options[option] ?? 'flag:')?.[1];
  const names = ['json', 'help', ...Object.keys(report.options)];
  const isList = (name: string): boolean => kind(name) === 'list';
  try {
    const { values, tokens } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        names.map((name) => [
          name,
          {
            type: kind(name) === 'flag' ? ('boolean' as const) : ('string' as const),
            multiple: isList(name),
          },
        ]),
      ),
      strict: true,
      allowPositionals: names.some(isList),
      tokens: true,
    });
    const options: Record<string, string | true> = {};
    const lists: Record<string, string[]> = {};
    let listed: string[] | undefined; // what stands after a list's name belongs to it, until the next option
    for (const token of tokens) {
      if (token.kind === 'option') {
        listed = isList(token.name) ? (lists[token.name] ??= []) : undefined;
        if (token.value !== undefined) listed?.push(token.value);
      } else if (token.kind === 'positional') {
        if (!listed) throw new Error(`Unexpected argument '${token.value}'`);
        listed.push(token.value);
      }
    }
    for (const [option, value] of Object.entries(values)) {
      if (typeof value === 'string' || value === true) options[option] = value;
    }
    return { options, lists };
  } catch (thrown) {
    throw new UserError(
      'report.options',
      `${verb} ${report.name}: ${messageOf(thrown)}`,
      describe(verb, report),
    );
  }
}

function describe(verb: string, report: Report): string {
  const options = Object.entries({ ...report.options, json: 'one JSON object on standard output' });
  const lines = options.map(
    ([option, meaning]) => `  --${option.padEnd(22)} ${meaning.replace(/^(flag|list): */, '')}`,
  );
  return `Usage: smart-store ${verb} ${report.name} [options]\n\n${report.summary}\n\n${lines.join('\n')}\n`;
}

function render(report: Report, body: ReportBody): string {
  const section = (title: string, values: Readonly<Record<string, unknown>>): string[] => {
    const entries = Object.entries(values);
    return entries.length === 0
      ? []
      : ['', title, ...entries.map(([key, value]) => `  ${key.padEnd(28)} ${show(value)}`)];
  };
  return `${[
    `${report.name}: ${report.summary}`,
    ...section('Figures', body.figures),
    ...section('Baselines, in the same run', body.baselines),
    ...section('Ratios', body.ratios),
    ...(body.notes.length === 0 ? [] : ['', 'Notes', ...body.notes.map((note) => `  ${note}`)]),
  ].join('\n')}\n`;
}

function show(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function describeMachine(): string {
  const [first] = cpus();
  return `${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

function commitOf(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return null; // a copy without its history
  }
}

import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './paths.ts';
import { METRICS } from './telemetry-metrics.ts';
import { metricsReference } from './telemetry-reference.ts';

const FILE = `${ROOT}docs/observability.md`;
const MARKS =
  /(<!-- metrics: written from runtime\/telemetry-metrics\.ts -->\n)[\s\S]*(\n<!-- end of metrics -->)/;

test('docs/observability.md lists the metrics as they are defined (run with --update to write it again)', async () => {
  const written = await readFile(FILE, 'utf8');
  expect(written).toMatch(MARKS);
  const page = written.replace(
    MARKS,
    (_, begin: string, end: string) => `${begin}\n${metricsReference()}\n${end}`,
  );
  const style = await resolveConfig(FILE);
  await expect(await format(page, { ...style, plugins: [], parser: 'markdown' })).toMatchFileSnapshot(FILE);
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly why: string; readonly next: string };
}

test('every alert asks for metrics and labels that exist, and says why and what to do', async () => {
  const text = await readFile(`${ROOT}docs/alerts.example.yaml`, 'utf8');
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] }; // what follows reads all of it
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(8);
  const series = new Set(
    Object.values(METRICS).flatMap(({ name, kind }) =>
      kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((ending) => name + ending) : [name],
    ),
  );
  for (const { alert, expr, annotations } of rules) {
    const asked = expr.match(/\b(smart_store|process|nodejs|http_server)_\w+/g) ?? [];
    expect(asked.length > 0 || expr.startsWith('up{'), alert).toBe(true);
    expect(
      asked.filter((name) => !series.has(name)),
      alert,
    ).toEqual([]);
    expect(Object.keys(annotations).toSorted(), alert).toEqual(['next', 'summary', 'why']);
  }
});

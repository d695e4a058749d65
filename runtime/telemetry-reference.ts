import { LABELS, METRICS, type MetricDefinition } from './telemetry-metrics.ts';

/** The tables of docs/observability.md, written from the definitions, so that they cannot say anything else. */
export function metricsReference(): string {
  const definitions: readonly MetricDefinition[] = Object.values(METRICS);
  const rows = definitions.map(
    ({ name, kind, labels, help }) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ') || '–'} | ${help} |`,
  );
  const values = Object.entries(LABELS).map(([label, why]) => `| \`${label}\` | ${why} |`);
  return [
    '| metric | kind | labels | what it says |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '| label | its values |',
    '| --- | --- |',
    ...values,
  ].join('\n');
}

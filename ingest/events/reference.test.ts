import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import { TOPICS } from '../topics.ts';
import type { EventContract } from './envelope.ts';
import { eventsReference } from './reference.ts';
import { EVENT_CONTRACTS } from './registry.ts';

const FILE = `${ROOT}docs/events.md`;
const OUT_OF_DATE =
  'docs/events.md is out of date: npx vitest run --project unit ingest/events/reference --update';

const page = (): string => eventsReference({ contracts: EVENT_CONTRACTS, topics: TOPICS, exampleOf });

test('docs/events.md is what the contracts say (run with --update to write it again)', async () => {
  const style = await resolveConfig(FILE);
  const formatted = await format(page(), { ...style, plugins: [], parser: 'markdown' });
  await expect(formatted, OUT_OF_DATE).toMatchFileSnapshot(FILE);
});

test('every topic, event and field is in it, and each has a meaning', () => {
  const text = page();
  for (const { name } of TOPICS) expect(text).toContain(`| \`${name}\` |`);
  for (const { type } of EVENT_CONTRACTS) expect(text).toContain(`\n## ${type}\n`);
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(TOPICS.length + 12 + 2 * EVENT_CONTRACTS.length);
  const empty = rows.filter((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .some((cell) => cell.trim() === ''),
  );
  expect(empty).toEqual([]);
});

/** The golden file: the same event every time. */
function exampleOf({ type, version }: EventContract): unknown {
  return JSON.parse(readFileSync(new URL(`./golden/${type}.v${version}.json`, import.meta.url), 'utf8'));
}

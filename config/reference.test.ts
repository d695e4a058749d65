import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { ROOT } from '../runtime/paths.ts';
import { configurationReference } from './reference.ts';

const FILE = `${ROOT}docs/configuration.md`;

test('docs/configuration.md is what the schema says (run with --update to write it again)', async () => {
  const style = await resolveConfig(FILE);
  const page = await format(configurationReference(), { ...style, plugins: [], parser: 'markdown' });
  await expect(page).toMatchFileSnapshot(FILE);
});

test('every key has a meaning, a place in the page, and nothing internal in it', () => {
  const rows = configurationReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(50);
  expect(
    rows.filter((row) => row.split(' | ').some((cell) => cell.replaceAll('|', '').trim() === '')),
  ).toEqual([]);
  expect(rows.some((row) => row.includes('stores[].cameras[].source.url (rtsp)'))).toBe(true);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { additiveProblems, closedObjects, kindProblems, type Json } from './compatibility.ts';
import { decode } from './codec.ts';
import { eventSchema, type EventContract } from './envelope.ts';
import { EVENT_CONTRACTS } from './registry.ts';

const GOLDEN = new URL('./golden/', import.meta.url);
const PUBLISHED = new URL('./published/', import.meta.url);

const HOW_TO_CHANGE =
  'A published version is for ever: records and rows of it exist. Give the contract the next version, keep this one among ' +
  'its earlier ones with an upgrade, and store an event of the new one in golden/; ingest/events/README.md shows how';

const contracts: readonly EventContract[] = EVENT_CONTRACTS;
const versions = contracts.flatMap((contract) =>
  dataOf(contract).map((data, index) => {
    const version = index + 1;
    const schema = asJson(eventSchema({ ...contract, version }, data));
    return { name: `${contract.type}.v${version}`, schema };
  }),
);

describe.each(versions)('$name', ({ name, schema }) => {
  test('is what was published, but for new optional fields and other words (--update records those)', async () => {
    const file = fileURLToPath(new URL(`${name}.schema.json`, PUBLISHED));
    if (existsSync(file)) {
      const published = JSON.parse(readFileSync(file, 'utf8')) as Json;
      expect(additiveProblems(published, schema), HOW_TO_CHANGE).toEqual([]);
    }
    const style = await resolveConfig(file);
    const text = await format(JSON.stringify(schema), { ...style, plugins: [], parser: 'json' });
    await expect(text).toMatchFileSnapshot(file);
  });

  test('lets fields pass that it does not know', () => {
    expect(closedObjects(schema)).toEqual([]);
  });

  test('has an event in golden/ that is read, and of which nothing is lost', () => {
    const bytes = readFileSync(new URL(`${name}.json`, GOLDEN));
    const golden = JSON.parse(bytes.toString()) as { data: object };
    expect(decode(bytes)).toMatchObject({ ok: true, written: golden });

    const fromTomorrow = { ...golden, shelf: 'x', data: { ...golden.data, tomorrow: ['y'] } };
    expect(decode(Buffer.from(JSON.stringify(fromTomorrow)))).toMatchObject({
      ok: true,
      written: fromTomorrow,
      event: { shelf: 'x', data: { tomorrow: ['y'] } },
    });
  });
});

test.each([
  ['golden', '.json'],
  ['published', '.schema.json'],
])('nothing in %s/ is left of a version that this release can not read', (folder, ending) => {
  const names = readdirSync(new URL(`./${folder}/`, import.meta.url)).map((file) =>
    file.slice(0, -ending.length),
  );
  const readable = new Set(versions.map(({ name }) => name));
  expect(
    names.filter((name) => !readable.has(name)),
    HOW_TO_CHANGE,
  ).toEqual([]);
});

test.each(contracts.filter(({ earlier }) => earlier.length > 0))(
  '$type: a path keeps its kind from version to version, because views read rows of all of them',
  (contract) => {
    const all = dataOf(contract).map(asJson);
    const problems = all.flatMap((data, index) =>
      all.slice(0, index).flatMap((older) => kindProblems(older, data)),
    );
    expect(problems).toEqual([]);
  },
);

function dataOf({ earlier, data }: EventContract) {
  return [...earlier.map((version) => version.data), data];
}

function asJson(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

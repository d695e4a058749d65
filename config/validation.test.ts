import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { isResolved, withDefault } from './defaults.ts';
import { loadDeployment } from './load.ts';
import { ROOT } from '../runtime/paths.ts';
import { Deployment, Recognition } from './schema.ts';
import { editDistance, suggest } from './suggestion.ts';
import { validate } from './validation.ts';

/** A small seeded generator (mulberry32, Tommy Ettinger 2017), so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Puts something else in a random place of a value. */
function mutate(value: unknown, random: () => number): unknown {
  const odd: unknown[] = [null, 'rtsp', '', 0, -1, 1e9, 0.5, true, [], {}, [1, 2], { kind: 'test' }, NaN];
  if (typeof value !== 'object' || value === null || random() < 0.15)
    return odd[Math.floor(random() * odd.length)];
  if (Array.isArray(value)) {
    const index = Math.floor(random() * value.length);
    return value.map((item: unknown, place) => (place === index ? mutate(item, random) : item));
  }
  const entries = Object.entries(value);
  const index = Math.floor(random() * entries.length);
  const key = random();
  return Object.fromEntries(
    entries.flatMap(([name, item]: [string, unknown], place) => {
      if (place !== index) return [[name, item]];
      if (key < 0.1) return [];
      return key < 0.2 ? [[`${name}x`, item]] : [[name, mutate(item, random)]];
    }),
  );
}

test('finds a mistake exactly where TypeBox does: 600 files with one random change', () => {
  const good: unknown = loadDeployment(`${ROOT}config/demo/store.yaml`, {});
  const random = seeded(20261122);
  let broken = 0;
  for (let round = 0; round < 600; round++) {
    const changed = mutate(good, random);
    const problems = validate(Deployment, changed);
    expect(problems.length === 0, JSON.stringify({ problems, changed })).toBe(Check(Deployment, changed));
    if (problems.length > 0) broken += 1;
  }
  expect(broken).toBeGreaterThan(200);
}, 60_000);

test('a value counts as resolved only with every default in it', () => {
  expect(isResolved(Recognition, {})).toBe(false);
  expect(
    isResolved(Recognition, { wantedFalseAcceptRate: 0.1, margin: 0, minimumFaceWidth: 20, minimumVotes: 1 }),
  ).toBe(true);
});

test('a default makes a key optional in the file', () => {
  const schema = Type.Object({ port: withDefault(Type.Integer(), 80) });
  expect(validate(schema, {})).toEqual([]);
  expect(isResolved(schema, {})).toBe(false);
});

test.each([
  ['', 'door', 4],
  ['door', 'door', 0],
  ['dor', 'door', 1],
  ['doro', 'door', 1],
  ['width', 'wdith', 1],
  ['exit', 'door', 4],
])('from %j to %j it is %i letters', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

test('suggests what is near and stays silent about what is not', () => {
  const keys = ['width', 'height', 'framesPerSecond'];
  expect(suggest('frames-per-second', keys)).toBe('framesPerSecond');
  expect(suggest('hieght', keys)).toBe('height');
  expect(suggest('colour', keys)).toBeUndefined();
});

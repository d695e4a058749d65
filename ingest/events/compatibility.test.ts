import { Type, type TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { additiveProblems, closedObjects, kindProblems, type Json } from './compatibility.ts';

const asJson = (schema: TSchema): Json => JSON.parse(JSON.stringify(schema)) as Json;

const fields = {
  garment: Type.String({ minLength: 1, description: 'what was tried on' }),
  mirrors: Type.Integer({ minimum: 1 }),
  reason: Type.Union([Type.Literal('too-small'), Type.Literal('too-large')]),
  room: Type.Object({ number: Type.Integer(), floor: Type.Optional(Type.Integer()) }),
  tags: Type.Array(Type.String({ pattern: '^[0-9A-F]{24}$' })),
  note: Type.Optional(Type.String()),
};
const published = Type.Object(fields, { $id: 'urn:smart-store:garment.tried:1' });
const { garment, mirrors, reason, room, tags, note } = fields;

describe('a change is additive', () => {
  test.each<[string, TSchema]>([
    ['nothing changed', Type.Object(fields)],
    ['a new optional field', Type.Object({ ...fields, seconds: Type.Optional(Type.Number()) })],
    [
      'a new optional field further in',
      Type.Object({
        ...fields,
        room: Type.Object({ ...room.properties, light: Type.Optional(Type.String()) }),
      }),
    ],
    [
      'other words in a description',
      Type.Object({ ...fields, garment: Type.String({ minLength: 1, description: 'EPC' }) }),
    ],
    ['fields in another order', Type.Object({ note, tags, room, reason, mirrors, garment })],
    [
      'literals in another order',
      Type.Object({ ...fields, reason: Type.Union([Type.Literal('too-large'), Type.Literal('too-small')]) }),
    ],
    [
      'a field that bears the name of what every object has',
      Type.Object({ ...fields, constructor: Type.Optional(Type.String()) }),
    ],
  ])('%s', (_, now) => {
    expect(additiveProblems(asJson(published), asJson(now))).toEqual([]);
  });
});

describe('a change that is not additive is found', () => {
  test.each<[string, TSchema, string]>([
    [
      'a new required field',
      Type.Object({ ...fields, seconds: Type.Number() }),
      '/seconds is new and required',
    ],
    [
      'a new required field further in',
      Type.Object({ ...fields, room: Type.Object({ ...room.properties, light: Type.String() }) }),
      '/room/light is new and required',
    ],
    ['a removed field', Type.Object({ garment, mirrors, reason, room, tags }), '/note was removed'],
    [
      'a renamed field',
      Type.Object({ garment, mirrors, reason, room, tags, remark: note }),
      '/note was removed',
    ],
    [
      'an optional field made required',
      Type.Object({ ...fields, note: Type.String() }),
      '/note was optional and is required',
    ],
    [
      'a required field made optional, which older releases refuse',
      Type.Object({ ...fields, garment: Type.Optional(garment) }),
      '/garment was required and is optional',
    ],
    [
      'another kind',
      Type.Object({ ...fields, mirrors: Type.String() }),
      '/mirrors: type was "integer" and is "string"',
    ],
    [
      'a wider number',
      Type.Object({ ...fields, mirrors: Type.Number({ minimum: 1 }) }),
      '/mirrors: type was "integer" and is "number"',
    ],
    [
      'a narrower limit',
      Type.Object({ ...fields, mirrors: Type.Integer({ minimum: 2 }) }),
      '/mirrors: minimum was 1 and is 2',
    ],
    [
      'a limit that was taken away',
      Type.Object({ ...fields, mirrors: Type.Integer() }),
      '/mirrors: minimum was 1 and is not there',
    ],
    [
      'a limit that was not there',
      Type.Object({ ...fields, note: Type.Optional(Type.String({ maxLength: 9 })) }),
      '/note: maxLength was not there and is 9',
    ],
    [
      'another pattern within a list',
      Type.Object({ ...fields, tags: Type.Array(Type.String({ pattern: '^[0-9A-F]{32}$' })) }),
      '/tags/*: pattern was "^[0-9A-F]{24}$" and is "^[0-9A-F]{32}$"',
    ],
    ['a list of anything', Type.Object({ ...fields, tags: asList({}) }), '/tags: items was removed'],
    [
      'a literal less',
      Type.Object({ ...fields, reason: Type.Union([Type.Literal('too-small')]) }),
      '/reason: no longer {"const":"too-large","type":"string"}',
    ],
    [
      'a literal more, which older releases refuse',
      Type.Object({ ...fields, reason: Type.Union([...reason.anyOf, Type.Literal('colour')]) }),
      '/reason: now also {"const":"colour","type":"string"}',
    ],
    [
      'one kind instead of several',
      Type.Object({ ...fields, reason: Type.String() }),
      '/reason: anyOf was removed',
    ],
    [
      'an object that refuses what it does not know',
      Type.Object(fields, { additionalProperties: false }),
      '/: additionalProperties was not there and is false',
    ],
    ['a keyword that nobody here knows', Type.Object(fields, { if: {} }), '/: if was not there and is {}'],
  ])('%s', (_, now, problem) => {
    expect(additiveProblems(asJson(published), asJson(now))).toContain(problem);
  });

  test('also among alternatives, where a field is called like an annotation', () => {
    const either = (title: TSchema) =>
      asJson(Type.Union([Type.Null(), Type.Object({ title }, { description: 'a book' })]));
    expect(additiveProblems(either(Type.String()), either(Type.Integer()))).toHaveLength(2);
    expect(
      additiveProblems(either(Type.String()), either(Type.String({ description: 'of the book' }))),
    ).toEqual([]);
  });
});

describe('from one version to the next', () => {
  test.each<[string, TSchema, readonly string[]]>([
    ['fields may go and come', Type.Object({ garment, colour: Type.String() }), []],
    [
      'limits and literals may change',
      Type.Object({ mirrors: Type.Integer(), reason: Type.Literal('other') }),
      [],
    ],
    [
      'a path that means another kind of value needs a new name',
      Type.Object({ garment, mirrors: Type.String() }),
      ['/mirrors was integer and is string: give it a new name'],
    ],
    [
      'also further in',
      Type.Object({ room: Type.Object({ number: Type.String() }) }),
      ['/room/number was integer and is string: give it a new name'],
    ],
    [
      'also within a list',
      Type.Object({ tags: Type.Array(Type.Integer()) }),
      ['/tags/* was string and is integer: give it a new name'],
    ],
    [
      'also where nothing is a value now',
      Type.Object({ mirrors: Type.Union([Type.Integer(), Type.Null()]) }),
      ['/mirrors was integer and is integer or null: give it a new name'],
    ],
  ])('%s', (_, later, problems) => {
    expect(kindProblems(asJson(published), asJson(later))).toEqual(problems);
  });
});

test.each<[string, TSchema, readonly string[]]>([
  ['no object is closed', published, []],
  ['a closed object', Type.Object(fields, { additionalProperties: false }), ['/ has additionalProperties']],
  [
    'a closed object in a list in a union',
    Type.Union([Type.Null(), Type.Array(Type.Object({ a: Type.Object({}, { maxProperties: 2 }) }))]),
    ['/*/a has maxProperties'],
  ],
])('fields that nobody knows must pass: %s', (_, schema, closed) => {
  expect(closedObjects(asJson(schema))).toEqual(closed);
});

function asList(options: object): TSchema {
  return { type: 'array', ...options };
}

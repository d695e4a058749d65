import { expect, test } from 'vitest';
import { encode } from '../events/codec.ts';
import type { StoreEvent } from '../events/envelope.ts';
import { EVENT_CONTRACTS } from '../events/registry.ts';
import { dataText } from './data-text.ts';

function textOf(json: string): string {
  const event = JSON.parse(json) as StoreEvent;
  return dataText(event, json, Object.keys(event));
}

test.each(EVENT_CONTRACTS)('the data of $type is cut out as it was written', ({ example }) => {
  const json = Buffer.from(encode(example)).toString();
  expect(textOf(json)).toBe(JSON.stringify(example.data));
});

test('what is cut out is what was written: a number keeps its digits', () => {
  expect(textOf('{"id":"x","data":{"n":1.50}}')).toBe('{"n":1.50}');
});

test.each([
  ['names behind it', '{"id":"x","data":{"a":1},"note":{}}'],
  ['a number as a name behind it', '{"id":"x","data":{"a":1},"7":{}}'],
  ['another object before it', '{"id":{},"data":{"a":1}}'],
  ['data within data', '{"id":"x","data":{"data":{"a":1}}}'],
  ['data within another object', '{"id":{"data":{"a":0}},"data":{"a":1}}'],
  ['data told twice', '{"id":"x","data":{"a":0},"data":{"a":1}}'],
  ['data told twice, with a space', '{"id":"x","data":{"a":0},"data" :{"a":1}}'],
  ['data told twice, in escapes', String.raw`{"id":"x","data":{"a":0},"d\u0061ta":{"a":1}}`],
  ['its mark in a text', String.raw`{"id":",\"data\":{","data":{"a":1}}`],
  ['its mark in a text at the end of data', String.raw`{"id":"x","data":{"a":"\"data\":{"}}`],
  ['braces in a text before it', '{"id":"{","data":{"a":1}}'],
  ['spaces', ' { "id" : "x" , "data" : { "a" : 1 } } '],
  ['data that is a list', '{"id":"x","data":[{}]}'],
  ['data that is nothing', '{"id":{"a":{}},"data":null}'],
  ['data first', '{"data":{"a":{}},"id":"x"}'],
])('with %s it is the data all the same', (_, json) => {
  const { data } = JSON.parse(json) as { data: unknown };
  expect(JSON.parse(textOf(json))).toEqual(data);
});

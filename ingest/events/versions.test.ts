import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Topic } from '../topics.ts';
import { createCodec } from './codec.ts';
import { createEvent, defineEvent, earlierVersion } from './envelope.ts';

const Camera = Type.String();
// An event as three releases of a shop would leave it behind.
const V1 = Type.Object({ cameraId: Camera, minutes: Type.Integer({ minimum: 0 }) });
const V2 = Type.Object({ cameraId: Camera, seconds: Type.Integer({ minimum: 0, maximum: 36_000 }) });
const V3 = Type.Object({
  cameraId: Camera,
  seconds: Type.Integer({ minimum: 0, maximum: 36_000 }),
  state: Type.Union([Type.Literal('worn'), Type.Literal('clean'), Type.Literal('unknown')]),
});
const toV2 = earlierVersion(V1, V2, ({ minutes, ...rest }) => ({ ...rest, seconds: minutes * 60 }));
const toV3 = earlierVersion(V2, V3, (data) => ({ ...data, state: 'unknown' as const }));

const TOPICS: readonly Topic[] = [
  { name: 'store.coats.v1', keyedBy: 'cameraId', partitions: 1, retentionDays: 1, why: 'For this test.' },
];
const common = {
  type: 'coat.returned',
  topic: 'store.coats.v1',
  description: 'A coat came back to its rail.',
} as const;
const facts = { source: '/stores/demo', subject: 'stores/demo/coats/1', time: new Date(), storeId: 'demo' };

const first = defineEvent({
  ...common,
  version: 1,
  data: V1,
  example: { ...facts, data: { cameraId: 'rail', minutes: 12 } },
});
const second = defineEvent({
  ...common,
  version: 2,
  earlier: [toV2],
  data: V2,
  example: { ...facts, data: { cameraId: 'rail', seconds: 700 } },
});
const third = defineEvent({
  ...common,
  version: 3,
  earlier: [toV2, toV3],
  data: V3,
  example: { ...facts, data: { cameraId: 'rail', seconds: 700, state: 'worn' } },
});
const release1 = createCodec([first], TOPICS);
const release2 = createCodec([second], TOPICS);
const release3 = createCodec([third], TOPICS);
const bytesOf = (event: object): Uint8Array => Buffer.from(JSON.stringify(event));

describe('a release reads what any earlier one wrote', () => {
  test('in the shape of today, beside what was written', () => {
    const written = first.example;
    expect(release3.decode(release1.encode(written))).toMatchObject({
      ok: true,
      event: {
        ...written,
        dataschema: 'urn:smart-store:coat.returned:3',
        data: { cameraId: 'rail', seconds: 720, state: 'unknown' },
      },
      written,
    });
  });

  test('its own version is handed out as it is', () => {
    const decoded = release3.decode(release3.encode(third.example));
    expect(decoded).toMatchObject({ ok: true, event: third.example, written: third.example });
    expect(decoded.ok && decoded.event === decoded.written).toBe(true);
  });

  test('fields that neither version names go through, in the envelope and in data', () => {
    const written = { ...first.example, shelf: 'x', data: { ...first.example.data, colour: 'navy' } };
    const decoded = release3.decode(bytesOf(written));
    expect(decoded).toMatchObject({ ok: true, written, event: { shelf: 'x', data: { colour: 'navy' } } });
  });

  test('a stored row of any version, too', () => {
    const data = { cameraId: 'rail', minutes: 12 };
    expect(release3.currentData('coat.returned', 1, data)).toEqual({
      cameraId: 'rail',
      seconds: 720,
      state: 'unknown',
    });
    expect(release1.currentData('coat.returned', 1, data)).toBe(data);
    expect(release1.currentData('coat.returned', 2, data)).toBeUndefined();
    expect(release1.currentData('coat.lost', 1, data)).toBeUndefined();
    expect(release3.currentData('coat.returned', 1, null)).toBeUndefined();
  });
});

describe('a release refuses', () => {
  test('what a newer one wrote, and says so', () => {
    expect(release1.decode(release2.encode(second.example))).toEqual({
      ok: false,
      reason: 'expected coat.returned of version 1, found version 2: a newer release wrote it',
    });
    expect(release2.decode(release3.encode(third.example))).toEqual({
      ok: false,
      reason: 'expected coat.returned of version 2, found version 3: a newer release wrote it',
    });
  });

  test.each<[string, object, string]>([
    [
      'an old event that breaks the contract of its own version',
      { ...first.example, data: { cameraId: 'rail', seconds: 5 } },
      'coat.returned: expected a value, found nothing at /data/minutes',
    ],
    [
      'an old event that has no place in the newest version',
      { ...first.example, data: { cameraId: 'rail', minutes: 601 } },
      "coat.returned: version 1 can't be read as version 3: expected <= 36000, found a whole number at /data/seconds",
    ],
    [
      'version 0',
      { ...first.example, dataschema: 'urn:smart-store:coat.returned:0' },
      'expected coat.returned of version 3, found version 0',
    ],
  ])('%s', (_, event, reason) => {
    expect(release3.decode(bytesOf(event))).toEqual({ ok: false, reason });
  });

  test('an event whose upgrade fails, without a word of its content', () => {
    const broken = earlierVersion(V1, V2, ({ cameraId }) => {
      throw new Error(`no idea what to do with ${cameraId}`);
    });
    const codec = createCodec(
      [
        defineEvent({
          ...common,
          version: 2,
          earlier: [broken],
          data: V2,
          example: { ...facts, data: second.example.data },
        }),
      ],
      TOPICS,
    );
    expect(codec.decode(release1.encode(first.example))).toEqual({
      ok: false,
      reason: "coat.returned: version 1 can't be read as version 2: the upgrade to version 2 failed",
    });
  });

  test('to write an old version', () => {
    const old = { ...third.example, dataschema: first.example.dataschema, data: first.example.data };
    expect(() => release3.encode(old as unknown as typeof third.example)).toThrow(
      'expected coat.returned of version 3, which is the one to write, found version 1',
    );
  });
});

test('a record of an upgraded contract is keyed as before', () => {
  const { key, topic } = release3.eventRecord(createEvent(third, { ...facts, data: third.example.data }));
  expect({ key, topic }).toEqual({ key: 'rail', topic: 'store.coats.v1' });
});

describe('a contract is refused when it is made', () => {
  const example = { ...facts, data: third.example.data };
  test('without all of its earlier versions', () => {
    expect(() => defineEvent({ ...common, version: 3, earlier: [toV3], data: V3, example })).toThrow(
      'coat.returned has version 3, so 2 earlier ones; found 1',
    );
  });

  test('with versions that do not lead to each other', () => {
    expect(() => defineEvent({ ...common, version: 3, earlier: [toV3, toV2], data: V3, example })).toThrow(
      'coat.returned: version 1 must be upgraded to version 2',
    );
  });

  test('for a topic that is none', () => {
    expect(() => createCodec([{ ...first, topic: 'store.hats.v1' }], TOPICS)).toThrow(
      'coat.returned goes to store.hats.v1, which is no topic',
    );
  });
});

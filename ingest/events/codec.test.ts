import { describe, expect, test } from 'vitest';
import { TOPICS } from '../topics.ts';
import { decode, encode, eventRecord } from './codec.ts';
import { CameraLost } from './camera-lost.ts';
import { ConsentGiven } from './consent-given.ts';
import { EVENT_CONTRACTS } from './registry.ts';
import { VisitIdentified } from './visit-identified.ts';
import { VisitStarted } from './visit-started.ts';

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe.each(EVENT_CONTRACTS)('$type', ({ type, topic, description, example }) => {
  test('tells in the past tense what happened', () => {
    expect(type).toMatch(/^[a-z]+\.([a-z]+-)?([a-z]+ed|lost|found|left|given|withdrawn)$/);
    expect(description).toMatch(/^[A-Z].*\.$/);
  });

  test('goes to a topic that exists', () => {
    expect(TOPICS.map(({ name }) => name)).toContain(topic);
  });

  test('has an example that survives the way to bytes and back', () => {
    expect(decode(encode(example))).toMatchObject({ ok: true, event: example, written: example });
  });
});

describe('a record', () => {
  test.each([
    [VisitStarted.example, 'store.presence.v1', VisitStarted.example.visitid],
    [CameraLost.example, 'store.operations.v1', 'front-door'],
    [ConsentGiven.example, 'store.membership.v1', ConsentGiven.example.data.subjectKey],
  ])('of $type is keyed so that its story keeps its order', (event, topic, key) => {
    const record = eventRecord(event);
    expect(record).toMatchObject({ topic, key });
    expect(decode(record.value)).toMatchObject({ ok: true, event, written: event });
  });
});

describe('reading', () => {
  test('keeps fields that the contract does not name', () => {
    const event = {
      ...VisitStarted.example,
      traceparent: '00-1',
      data: { ...VisitStarted.example.data, groupSize: 2 },
    };
    expect(decode(bytesOf(event))).toMatchObject({ ok: true, event, written: event });
  });

  const { data, ...envelope } = VisitIdentified.example;
  test.each<[string, unknown, string]>([
    ['a list', [], 'expected a CloudEvents object, found a list of 0'],
    ['nothing', null, 'expected a CloudEvents object, found null'],
    ['no type', { ...envelope, type: undefined, data }, 'expected an event type, found nothing at /type'],
    [
      'an unknown type',
      { ...envelope, type: 'visit.teleported', data },
      'expected an event type that this release knows, found visit.teleported at /type',
    ],
    [
      'a type that is no name',
      { ...envelope, type: 'Anna Schmidt', data },
      'expected an event type that this release knows, found text of 12 characters at /type',
    ],
    [
      'a newer version',
      { ...envelope, dataschema: 'urn:smart-store:visit.identified:2', data },
      'expected visit.identified of version 1, found version 2: a newer release wrote it',
    ],
    [
      'another schema',
      { ...envelope, dataschema: 'urn:other', data },
      'visit.identified: expected "urn:smart-store:visit.identified:1", found text of 9 characters at /dataschema',
    ],
    [
      'a missing field',
      { ...envelope, data: { ...data, simulated: undefined } },
      'visit.identified: expected a value, found nothing at /data/simulated',
    ],
    [
      'a field of another kind',
      { ...envelope, data: { ...data, decision: { ...data.decision, distance: '0.31' } } },
      'visit.identified: expected number, found text of 4 characters at /data/decision/distance',
    ],
    [
      'a number out of range',
      { ...envelope, data: { ...data, decision: { ...data.decision, frames: 0 } } },
      'visit.identified: expected >= 1, found a whole number at /data/decision/frames',
    ],
    [
      'a local time',
      { ...envelope, time: '2026-11-22T10:00:00+01:00', data },
      'visit.identified: expected text of the form ^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$, found text of 25 characters at /time',
    ],
    [
      'no visit, by which its topic is keyed',
      { ...envelope, visitid: undefined, data },
      'visit.identified: expected a key for its topic, found nothing at /visitid',
    ],
    [
      'a value that is none of the allowed',
      { ...CameraLost.example, data: { ...CameraLost.example.data, reason: 'tired' } },
      'camera.lost: expected "error" or "end-of-stream" or "stalled" or "unreachable", found text of 5 characters at /data/reason',
    ],
  ])('refuses %s', (_, value, reason) => {
    expect(decode(bytesOf(value))).toEqual({ ok: false, reason });
  });

  test('refuses half an event', () => {
    const whole = encode(VisitStarted.example);
    expect(decode(whole.subarray(0, 40))).toEqual({
      ok: false,
      reason: 'expected JSON, found text of 40 characters that is not',
    });
  });

  test('refuses bytes that are no text', () => {
    expect(decode(Uint8Array.of(0xff, 0xfe))).toEqual({
      ok: false,
      reason: 'expected UTF-8, found 2 bytes that are not',
    });
  });

  test('never repeats content in a reason', () => {
    const secret = 'Anna Schmidt';
    const spoilt = [
      secret,
      [secret],
      { ...envelope, type: secret, data },
      { ...envelope, source: { secret }, data },
      { ...envelope, dataschema: secret, data },
      { ...envelope, data: secret },
      { ...envelope, data: { ...data, subjectKey: secret } },
      { ...envelope, data: { ...data, simulated: secret, [secret]: 1 } },
    ];
    for (const value of spoilt) {
      const decoded = decode(bytesOf(value));
      if (decoded.ok) expect(value).toBe('refused');
      else expect(decoded.reason).not.toContain('Anna');
    }
    const cut = decode(Buffer.from(`{"name":"${secret}`));
    expect(JSON.stringify(cut)).not.toContain('Anna');
  });
});

describe('writing', () => {
  test('refuses an event that breaks its contract, before it is stored', () => {
    const event = { ...CameraLost.example, data: { ...CameraLost.example.data, cameraId: 'Front Door' } };
    expect(() => encode(event)).toThrow(/found text of 10 characters at \/data\/cameraId/);
  });
});

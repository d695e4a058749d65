import { describe, expect, it } from 'vitest';
import { CameraLost } from '../../../ingest/events/camera-lost.ts';
import { EVENT_CONTRACTS } from '../../../ingest/events/registry.ts';
import { QueueLeft } from '../../../ingest/events/queue-left.ts';
import { VisitIdentified } from '../../../ingest/events/visit-identified.ts';
import { momentOf } from './moment-of.ts';

const nobody = (): undefined => undefined;

/** Told many times a minute, or of no interest one by one: the floor plan shows them. */
const NO_MOMENTS: readonly string[] = [
  'visit.position-sampled',
  'visit.grouped',
  'zone.entered',
  'zone.left',
  'queue.joined',
  'queue.left',
  'line.crossed',
];

describe('an event as a moment', () => {
  const moments = EVENT_CONTRACTS.filter(({ type }) => !NO_MOMENTS.includes(type));
  it.each(moments.map((contract) => [contract.type, contract] as const))(
    '%s is told with the time of its capture',
    (type, { example }) => {
      const moment = momentOf(example, nobody);
      expect(moment?.fact.kind).toBe(type);
      expect(moment?.capturedAt).toBe(example.time);
      expect(moment?.recordedAt).toBe(example.recordedtime);
    },
  );

  it.each(
    EVENT_CONTRACTS.filter(({ type }) => NO_MOMENTS.includes(type)).map(({ example }) => [
      example.type,
      example,
    ]),
  )('%s is no moment', (_type, example) => {
    expect(momentOf(example, nobody)).toBeUndefined();
  });

  it('tells of somebody who gave up waiting', () => {
    const gaveUp = { ...QueueLeft.example, data: { ...QueueLeft.example.data, served: false } };
    expect(momentOf(gaveUp, nobody)?.fact).toMatchObject({ kind: 'queue.abandoned', queue: 'till-queue' });
  });

  it('names a member only when the name may be shown', () => {
    const named = momentOf(VisitIdentified.example, () => 'Anna');
    const anonymous = momentOf(VisitIdentified.example, nobody);
    expect(named?.fact).toMatchObject({ kind: 'visit.identified', name: 'Anna' });
    expect(anonymous?.fact).toMatchObject({ kind: 'visit.identified', name: null });
  });

  it('tells no event that breaks its contract, and none that it does not know', () => {
    expect(momentOf({ ...CameraLost.example, data: { cameraId: 7 } }, nobody)).toBeUndefined();
    expect(momentOf({ ...CameraLost.example, type: 'camera.painted' }, nobody)).toBeUndefined();
    const { id, type, time, recordedtime, data } = VisitIdentified.example;
    const withoutVisit = { id, type, time, recordedtime, data };
    expect(momentOf(withoutVisit, nobody)).toBeUndefined();
  });
});

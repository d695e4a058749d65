import { describe, expect, it } from 'vitest';
import { CameraLost } from '../../../ingest/events/camera-lost.ts';
import { EVENT_CONTRACTS } from '../../../ingest/events/registry.ts';
import { VisitIdentified } from '../../../ingest/events/visit-identified.ts';
import { momentOf } from './moment-of.ts';

const nobody = (): undefined => undefined;

describe('an event as a moment', () => {
  it.each(EVENT_CONTRACTS.map((contract) => [contract.type, contract] as const))(
    '%s is told with the time of its capture',
    (type, { example }) => {
      const moment = momentOf(example, nobody);
      expect(moment?.fact.kind).toBe(type);
      expect(moment?.capturedAt).toBe(example.time);
      expect(moment?.recordedAt).toBe(example.recordedtime);
    },
  );

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

import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName, Simulated } from './fields.ts';

/** A person crossed the entrance line inwards: footfall counts one. */
export const VisitStarted = defineEvent({
  type: 'visit.started',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A person crossed the entrance line inwards.',
  data: Type.Object({
    entrance: Type.Object(
      {
        cameraId: CameraName,
        inLane: Type.Boolean({ description: 'walked through the opt-in lane' }),
      },
      { description: 'where the person came in' },
    ),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo/cameras/front-door',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:00:00.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { entrance: { cameraId: 'front-door', inLane: true }, simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent, Slug } from './envelope.ts';

/** A person crossed the entrance line inwards: footfall counts one. */
export const VisitStarted = defineEvent({
  type: 'visit.started',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A person crossed the entrance line inwards.',
  data: Type.Object({
    entrance: Type.Object({
      cameraId: Slug,
      inLane: Type.Boolean({ description: 'walked through the opt-in lane' }),
    }),
    simulated: Type.Boolean({ description: 'seen by a simulated camera' }),
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

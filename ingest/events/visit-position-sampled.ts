import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { FloorPlace, Simulated, ZoneName } from './fields.ts';

/** Where a visitor was seen, at most every `visits.positionSeconds`. Not told while nobody sees them, nor of staff. */
export const VisitPositionSampled = defineEvent({
  type: 'visit.position-sampled',
  version: 1,
  topic: 'store.presence.v1',
  description:
    'Where a visitor is on the floor plan; told while a camera sees them, once a second unless configured otherwise.',
  data: Type.Object({
    place: FloorPlace,
    accuracyMetres: Type.Number({
      minimum: 0,
      description:
        'standard deviation of the place: two thirds of all places are nearer than that to the truth',
    }),
    zones: Type.Array(ZoneName, { description: 'the zones that the visitor is counted in' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:00:07.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: {
      place: { acrossMetres: 5.2, downMetres: 4.1 },
      accuracyMetres: 0.18,
      zones: ['collection'],
      simulated: true,
    },
  },
});

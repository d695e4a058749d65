import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated } from './fields.ts';

/** Somebody came back within the time for coming back: the visit goes on as if it had not been interrupted. */
export const VisitResumed = defineEvent({
  type: 'visit.resumed',
  version: 1,
  topic: 'store.presence.v1',
  description: 'The visitor had gone and came back soon: the visit goes on.',
  data: Type.Object({
    awaySeconds: Type.Number({ minimum: 0, description: 'from the last sight to coming back' }),
    by: Type.Union([Type.Literal('recognised'), Type.Literal('place')], {
      description:
        'recognised: the same member; place: came back where they went, and nobody else could have',
    }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:11:02.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { awaySeconds: 24.5, by: 'place', simulated: true },
  },
});

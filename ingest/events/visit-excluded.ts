import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated } from './fields.ts';

/** The visit is no customer’s: figures leave it out, and nothing more is told of where this person goes. */
export const VisitExcluded = defineEvent({
  type: 'visit.excluded',
  version: 1,
  topic: 'store.presence.v1',
  description: 'The visitor is staff: figures leave the visit out, and its way is not followed any further.',
  data: Type.Object({
    reason: Type.Union([Type.Literal('staff-zone'), Type.Literal('marked-by-hand')], {
      description: 'staff-zone: stayed in a zone of staff; marked-by-hand: somebody said so on the page',
    }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:04:00.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { reason: 'staff-zone', simulated: true },
  },
});

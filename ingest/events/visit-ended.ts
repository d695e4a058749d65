import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated } from './fields.ts';

/**
 * A stay is over. `assumed-left`: no camera saw the person leave, the configured longest stay passed.
 * `entered-again`: the same member came in again, so must have left before. `seen-leaving`: a camera at the exit saw it.
 */
export const VisitEnded = defineEvent({
  type: 'visit.ended',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A stay is over; the reason says whether that was seen or assumed.',
  data: Type.Object({
    reason: Type.Union(
      [Type.Literal('assumed-left'), Type.Literal('entered-again'), Type.Literal('seen-leaving')],
      { description: 'only seen-leaving is an observation; the others are conclusions' },
    ),
    durationSeconds: Type.Number({ minimum: 0, description: 'from the start of the visit' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:10:00.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { reason: 'assumed-left', durationSeconds: 600, simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent, earlierVersion, uuid } from './envelope.ts';
import { Simulated } from './fields.ts';

const durationSeconds = Type.Number({ minimum: 0, description: 'from the start of the visit' });

const V1 = Type.Object({
  reason: Type.Union(
    [Type.Literal('assumed-left'), Type.Literal('entered-again'), Type.Literal('seen-leaving')],
    { description: 'only seen-leaving is an observation; the others are conclusions' },
  ),
  durationSeconds,
  simulated: Simulated,
});
const V2 = Type.Object({
  reason: Type.Union(
    [
      Type.Literal('assumed-left'),
      Type.Literal('entered-again'),
      Type.Literal('seen-leaving'),
      Type.Literal('lost-sight'),
      Type.Literal('same-person'),
    ],
    {
      description:
        'seen-leaving: walked out through an exit or the entrance. Conclusions: assumed-left, the longest stay passed and no camera sees people leave; entered-again, the same member came in again; lost-sight, nobody saw the person any more for the configured time; same-person, this visit and `sameAs` turned out to be one person',
    },
  ),
  durationSeconds,
  sameAs: Type.Optional(uuid('of same-person: the visit that goes on')),
  simulated: Simulated,
});

/**
 * A stay is over. It is told once a visit: with cameras over the floor, when the time for coming back has passed; the
 * event's time is the last sight.
 */
export const VisitEnded = defineEvent({
  type: 'visit.ended',
  version: 2,
  earlier: [earlierVersion(V1, V2, (data) => data)],
  topic: 'store.presence.v1',
  description:
    'A stay is over; the reason says whether that was seen or concluded, the time is when it was over.',
  data: V2,
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:10:00.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { reason: 'seen-leaving', durationSeconds: 600, simulated: true },
  },
});

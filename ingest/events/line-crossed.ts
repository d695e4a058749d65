import { Type } from 'typebox';
import { defineEvent, slug } from './envelope.ts';
import { Simulated } from './fields.ts';

/** A visitor walked across a line of the floor; standing on it counts nothing. */
export const LineCrossed = defineEvent({
  type: 'line.crossed',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A visitor crossed a line of the floor plan.',
  data: Type.Object({
    line: slug('the name of the line in the configuration'),
    direction: Type.Union([Type.Literal('forwards'), Type.Literal('backwards')], {
      description: 'forwards is from left to right, looking from the beginning of the line to its end',
    }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:02:03.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { line: 'to-fitting-rooms', direction: 'forwards', simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent, uuid } from './envelope.ts';
import { Simulated } from './fields.ts';

/** Visitors who came in together and stayed together. One event for each of them; a later one replaces it when the
 * group has grown. */
export const VisitGrouped = defineEvent({
  type: 'visit.grouped',
  version: 1,
  topic: 'store.presence.v1',
  description: 'The visitor belongs to a group that came in and walks together.',
  data: Type.Object({
    groupId: uuid('the same for everybody of the group'),
    size: Type.Integer({ minimum: 2, description: 'visits in the group so far' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:00:20.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { groupId: '0198c5a2-7d3e-7000-8000-cccccccccccc', size: 2, simulated: true },
  },
});

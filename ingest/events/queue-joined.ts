import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated, ZoneName } from './fields.ts';

/** A visitor waits in a queue zone: they stay, whoever only walks through does not. The time is when they came. */
export const QueueJoined = defineEvent({
  type: 'queue.joined',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A visitor joined a queue.',
  data: Type.Object({
    queue: ZoneName,
    length: Type.Integer({ minimum: 1, description: 'people who wait, this one included' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:05:00.400Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { queue: 'till-queue', length: 3, simulated: true },
  },
});

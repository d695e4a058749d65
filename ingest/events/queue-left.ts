import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated, ZoneName } from './fields.ts';

/** A visitor no longer waits. It is told once it is known where they went. */
export const QueueLeft = defineEvent({
  type: 'queue.left',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A visitor left a queue, served or not.',
  data: Type.Object({
    queue: ZoneName,
    waitSeconds: Type.Number({ minimum: 0, description: 'from joining to leaving' }),
    served: Type.Union([Type.Boolean(), Type.Null()], {
      description:
        'went on to the zone that the queue leads to; null: not known, because it leads nowhere or nobody saw where they went',
    }),
    length: Type.Integer({ minimum: 0, description: 'people who still wait' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:06:11.600Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { queue: 'till-queue', waitSeconds: 71.2, served: true, length: 2, simulated: true },
  },
});

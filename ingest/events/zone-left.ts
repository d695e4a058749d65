import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated, ZoneKind, ZoneName } from './fields.ts';

/** A visitor is no longer in a zone; one that ends in a zone leaves it with the last sight. */
export const ZoneLeft = defineEvent({
  type: 'zone.left',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A visitor left a zone, or was seen in it for the last time.',
  data: Type.Object({
    zone: ZoneName,
    kind: ZoneKind,
    dwellSeconds: Type.Number({ minimum: 0, description: 'from entering to leaving' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:01:40.800Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { zone: 'collection', kind: 'area', dwellSeconds: 94.6, simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated, ZoneKind, ZoneName } from './fields.ts';

/** A visitor is in a zone: clearly inside, and for a moment, so that walking along an edge counts nothing. */
export const ZoneEntered = defineEvent({
  type: 'zone.entered',
  version: 1,
  topic: 'store.presence.v1',
  description: 'A visitor came into a zone.',
  data: Type.Object({
    zone: ZoneName,
    kind: ZoneKind,
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:00:06.200Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { zone: 'collection', kind: 'area', simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName, FloorPlace, Simulated } from './fields.ts';

/** Somebody is on the floor whom no camera saw coming in, so footfall does not count them: through a door that no camera
 * watches, or lost for too long and found again. */
export const VisitFound = defineEvent({
  type: 'visit.found',
  version: 1,
  topic: 'store.presence.v1',
  description: 'Somebody is on the floor whom no camera saw coming in; footfall does not count them.',
  data: Type.Object({
    cameraId: CameraName,
    place: FloorPlace,
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:03:10.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: { cameraId: 'over-collection', place: { acrossMetres: 5.2, downMetres: 4.1 }, simulated: true },
  },
});

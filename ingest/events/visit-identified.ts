import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName, Simulated, SubjectPseudonym } from './fields.ts';

/** The visitor is a member who consented to recognition at the door. Carries the pseudonym, never the member's id. */
export const VisitIdentified = defineEvent({
  type: 'visit.identified',
  version: 1,
  topic: 'store.presence.v1',
  description: 'The visitor was recognised as a consenting member inside the opt-in lane.',
  data: Type.Object({
    subjectKey: SubjectPseudonym,
    cameraId: CameraName,
    decision: Type.Object(
      {
        network: Type.String({ description: 'which network made the templates that were compared' }),
        distance: Type.Number({ description: 'to the nearest member, in the unit of the network' }),
        margin: Type.Number({ description: 'distance of the second-best member minus distance' }),
        threshold: Type.Number({ description: 'what the distance had to stay below' }),
        frames: Type.Integer({ minimum: 1, description: 'frames that voted' }),
      },
      { description: 'why the system was sure enough' },
    ),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo/cameras/front-door',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:00:01.200Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: {
      subjectKey: '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
      cameraId: 'front-door',
      decision: {
        network: 'face-recognition-dlib',
        distance: 0.31,
        margin: 0.28,
        threshold: 0.47,
        frames: 6,
      },
      simulated: true,
    },
  },
});

import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName } from './fields.ts';

/** A lost camera delivers frames again. */
export const CameraRecovered = defineEvent({
  type: 'camera.recovered',
  version: 1,
  topic: 'store.operations.v1',
  description: 'A lost camera delivers frames again.',
  data: Type.Object({
    cameraId: CameraName,
    downSeconds: Type.Number({ minimum: 0, description: 'how long no frame came' }),
    attempts: Type.Integer({ minimum: 0, description: 'how often it was tried again' }),
  }),
  example: {
    source: '/stores/demo/cameras/front-door',
    subject: 'stores/demo/cameras/front-door',
    time: new Date('2026-11-22T09:05:07.000Z'),
    storeId: 'demo',
    data: { cameraId: 'front-door', downSeconds: 7, attempts: 3 },
  },
});

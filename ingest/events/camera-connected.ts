import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName, Simulated } from './fields.ts';

/** A camera delivers frames for the first time since its worker started. */
export const CameraConnected = defineEvent({
  type: 'camera.connected',
  version: 1,
  topic: 'store.operations.v1',
  description: 'A camera delivers frames for the first time since its worker started.',
  data: Type.Object({
    cameraId: CameraName,
    width: Type.Integer({ description: 'of its frames, in pixels' }),
    height: Type.Integer({ description: 'of its frames, in pixels' }),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo/cameras/front-door',
    subject: 'stores/demo/cameras/front-door',
    time: new Date('2026-11-22T08:59:00.000Z'),
    storeId: 'demo',
    data: { cameraId: 'front-door', width: 1280, height: 720, simulated: true },
  },
});

import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { CameraName } from './fields.ts';

/** A camera stopped delivering frames. Until it recovers, what it would have counted is unknown, not zero. */
export const CameraLost = defineEvent({
  type: 'camera.lost',
  version: 1,
  topic: 'store.operations.v1',
  description: 'A camera stopped delivering frames; until it recovers its numbers are unknown, not zero.',
  data: Type.Object({
    cameraId: CameraName,
    reason: Type.Union(
      [
        Type.Literal('error'),
        Type.Literal('end-of-stream'),
        Type.Literal('stalled'),
        Type.Literal('unreachable'),
      ],
      { description: 'what went wrong; stalled: the connection stands, frames stopped' },
    ),
    detail: Type.String({ description: 'what the camera or its driver said, without credentials' }),
  }),
  example: {
    source: '/stores/demo/cameras/front-door',
    subject: 'stores/demo/cameras/front-door',
    time: new Date('2026-11-22T09:05:00.000Z'),
    storeId: 'demo',
    data: { cameraId: 'front-door', reason: 'stalled', detail: 'no frame for 5.0 s' },
  },
});

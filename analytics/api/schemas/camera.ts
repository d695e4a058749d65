import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { UtcTime } from './time.ts';

/** Fractions of the picture's width and height, from its top left corner. */
export const ImagePoint = Type.Unsafe<[number, number]>(
  Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 2, maxItems: 2 }),
);
export type ImagePoint = Type.Static<typeof ImagePoint>;

/** How a camera is. `connecting` has not delivered a frame yet; `lost` did, and does no more. */
export const CameraState = Type.Union([
  Type.Literal('connecting'),
  Type.Literal('live'),
  Type.Literal('lost'),
]);
export type CameraState = Type.Static<typeof CameraState>;

/** A camera, what it is for, and how it is. */
export const CameraStatus = Type.Object(
  {
    id: Type.String(),
    purpose: Type.Union([
      Type.Literal('door'),
      Type.Literal('ceiling'),
      Type.Literal('exit'),
      Type.Literal('mirror'),
    ]),
    simulated: Type.Boolean(),
    state: CameraState,
    since: UtcTime,
    detail: Nullable(Type.String({ description: 'why it is lost, without credentials' })),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    framesPerSecond: Nullable(Type.Number({ description: 'measured; null while nothing is measured' })),
    lanes: Type.Array(Type.Object({ name: Type.String(), polygon: Type.Array(ImagePoint, { minItems: 3 }) })),
    entranceLine: Nullable(Type.Object({ from: ImagePoint, to: ImagePoint })),
  },
  { title: 'CameraStatus' },
);
export type CameraStatus = Type.Static<typeof CameraStatus>;

import { Type } from 'typebox';
import { ImagePoint } from './camera.ts';
import { FloorPoint } from './floor.ts';
import { Nullable } from './nullable.ts';

/** What a person marks at most; more points make nothing better. */
const MOST_POINTS = 24;

const FloorPolygon = Type.Array(FloorPoint, { minItems: 3 });

/** The same point in the picture and on the plan. */
export const PointPair = Type.Object(
  { image: ImagePoint, floor: FloorPoint },
  { additionalProperties: false },
);
export type PointPair = Type.Static<typeof PointPair>;

const Grid = Type.Array(Type.Array(ImagePoint, { minItems: 2 }), {
  description: 'a line every metre of the plan, as it lies in the picture',
});

/** How a camera is calibrated now, and the plan to calibrate it on. */
export const CameraCalibration = Type.Object(
  {
    cameraId: Type.String(),
    kind: Nullable(
      Type.Union([Type.Literal('points'), Type.Literal('pose'), Type.Literal('matrix')], {
        description: 'as it is configured; null: it is not calibrated',
      }),
    ),
    size: Type.Object({ width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) }),
    points: Type.Array(PointPair, {
      description: 'as they are configured; none where it is not calibrated by points',
    }),
    horizontalFieldOfViewDegrees: Nullable(Type.Number()),
    grid: Grid,
    plan: Type.Object({
      widthMetres: Type.Number({ exclusiveMinimum: 0 }),
      heightMetres: Type.Number({ exclusiveMinimum: 0 }),
      fixtures: Type.Array(FloorPolygon),
      zones: Type.Array(Type.Object({ name: Type.String(), polygon: FloorPolygon })),
    }),
  },
  { title: 'CameraCalibration' },
);
export type CameraCalibration = Type.Static<typeof CameraCalibration>;

/** What is to be solved. Nothing of it is kept. */
export const CalibrationWish = Type.Object(
  {
    points: Type.Array(PointPair, { minItems: 4, maxItems: MOST_POINTS }),
    horizontalFieldOfViewDegrees: Type.Optional(
      Type.Number({
        exclusiveMinimum: 1,
        exclusiveMaximum: 170,
        description: 'of the lens, where it is known',
      }),
    ),
  },
  { title: 'CalibrationWish', additionalProperties: false },
);
export type CalibrationWish = Type.Static<typeof CalibrationWish>;

const Cm = Nullable(Type.Number({ minimum: 0 }));

/** What the points give, good or bad. */
export const CalibrationAnswer = Type.Object(
  {
    usable: Type.Boolean(),
    fault: Nullable(
      Type.Object(
        { expected: Type.String(), found: Type.String(), next: Type.String() },
        {
          description: 'why it is unusable',
        },
      ),
    ),
    warnings: Type.Array(Type.String()),
    rmsCm: Cm,
    points: Type.Array(
      Type.Object({
        residualCm: Cm,
        othersCm: Nullable(
          Type.Number({ minimum: 0, description: 'how far the camera that the other points give puts it' }),
        ),
      }),
      { description: 'in the order of the question; null where a point falls nowhere on the floor' },
    ),
    suspect: Nullable(Type.Integer({ minimum: 0, description: 'the point that is most likely wrong' })),
    camera: Nullable(
      Type.Object(
        {
          place: FloorPoint,
          heightMetres: Type.Number(),
          bearingDegrees: Type.Number(),
          pitchDownDegrees: Type.Number(),
          horizontalFieldOfViewDegrees: Type.Number(),
        },
        { description: 'null where the points do not tell it: then heads cannot be used' },
      ),
    ),
    grid: Grid,
    yaml: Type.String({ description: "what to write into the camera's configuration" }),
  },
  { title: 'CalibrationAnswer' },
);
export type CalibrationAnswer = Type.Static<typeof CalibrationAnswer>;

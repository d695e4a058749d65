import { Type } from 'typebox';
import { withDefault, type Resolved } from './defaults.ts';
import { FloorPoint, ImagePoint, Name, strict } from './schema-parts.ts';

// The floor: where cameras look, in metres, and what its parts are for.

const Row = Type.Tuple([Type.Number(), Type.Number(), Type.Number()], { expects: 'three numbers' });
const Matrix = (description: string) =>
  Type.Tuple([Row, Row, Row], { expects: 'three rows of three numbers', description });

/** Radial distortion of a lens (Brown 1966): r is multiplied by 1 + k1 r² + k2 r⁴, r in focal lengths from the centre. */
export const Distortion = Type.Object(
  {
    k1: Type.Number({ description: 'negative for a barrel, as most wide lenses have' }),
    k2: withDefault(Type.Number({ description: 'for very wide lenses' }), 0),
  },
  { ...strict, description: 'what the lens bends' },
);

export const PointsCalibration = Type.Object(
  {
    kind: Type.Literal('points', { description: 'points of the floor that are seen in the picture' }),
    points: Type.Array(
      Type.Object(
        { image: ImagePoint, floor: FloorPoint },
        { ...strict, description: 'the same point in the picture and on the plan' },
      ),
      { minItems: 4, description: 'four or more, spread over the floor that the camera sees' },
    ),
    horizontalFieldOfViewDegrees: Type.Optional(
      Type.Number({
        exclusiveMinimum: 1,
        exclusiveMaximum: 170,
        description:
          'what the lens sees from the left edge to the right, where it is known; a camera that looks straight down needs it, because its points do not tell it',
      }),
    ),
    distortion: Type.Optional(Distortion),
  },
  strict,
);
export const PoseCalibration = Type.Object(
  {
    kind: Type.Literal('pose', { description: 'where the camera hangs and where it looks' }),
    place: FloorPoint,
    heightMetres: Type.Number({ exclusiveMinimum: 0, description: 'of the lens above the floor' }),
    bearingDegrees: Type.Number({
      description: 'where it looks on the plan: 0 up the plan, 90 to the right, clockwise',
    }),
    pitchDownDegrees: Type.Number({
      minimum: 0,
      maximum: 90,
      description: 'how far it looks below the horizon; 90 is straight down',
    }),
    rollDegrees: withDefault(Type.Number({ description: 'how far the picture is turned clockwise' }), 0),
    horizontalFieldOfViewDegrees: Type.Number({
      exclusiveMinimum: 1,
      exclusiveMaximum: 170,
      description: 'what the lens sees from the left edge to the right',
    }),
    distortion: Type.Optional(Distortion),
  },
  strict,
);
export const MatrixCalibration = Type.Object(
  {
    kind: Type.Literal('matrix', { description: 'a camera that somebody calibrated already: K, R and t' }),
    intrinsics: Matrix('K, in pixels of `size`'),
    rotation: Matrix(
      'R: from the floor plan (across, down, and the third axis into the ground) to the camera (right, down, ahead)',
    ),
    translation: Type.Tuple([Type.Number(), Type.Number(), Type.Number()], {
      expects: 'three numbers',
      description: 't, in metres',
    }),
    distortion: Type.Optional(Distortion),
  },
  strict,
);
export const Calibration = Type.Union([PointsCalibration, PoseCalibration, MatrixCalibration], {
  description: 'how the picture lies on the floor plan; a ceiling camera needs one',
});

export const Zone = Type.Object(
  {
    name: Name('unique within the store'),
    kind: withDefault(
      Type.Union(
        [
          Type.Literal('area', { description: 'a part of the shop, such as a department' }),
          Type.Literal('entrance', { description: 'inside the door: visits begin and may end here' }),
          Type.Literal('exit', { description: 'who is lost here has left' }),
          Type.Literal('queue', { description: 'who stands here waits' }),
          Type.Literal('staff', {
            description: 'behind the counter, the staff door: who stays here is staff',
          }),
        ],
        { description: 'what it is for' },
      ),
      'area',
    ),
    polygon: Type.Array(FloorPoint, { minItems: 3, description: 'its corners, metres on the floor plan' }),
    leadsTo: Type.Optional(Name('of a queue: the zone where people are served; who goes elsewhere gave up')),
  },
  strict,
);

export const FloorLine = Type.Object(
  {
    name: Name('unique within the store'),
    from: FloorPoint,
    to: FloorPoint,
  },
  {
    ...strict,
    description: 'a line on the floor; looking from `from` to `to`, forwards is from left to right',
  },
);

export const FloorPlan = Type.Object(
  {
    widthMetres: Type.Number({ exclusiveMinimum: 0, description: 'across' }),
    heightMetres: Type.Number({ exclusiveMinimum: 0, description: 'down' }),
    fixtures: withDefault(
      Type.Array(
        Type.Array(FloorPoint, { minItems: 3, description: 'its corners, metres on the floor plan' }),
        { description: 'furniture and walls, drawn on the plan; nobody walks through them' },
      ),
      [],
    ),
  },
  { ...strict, description: "the shop's floor; points on it are counted from the top left corner" },
);

export const Visits = Type.Object(
  {
    assumedStayMinutes: withDefault(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'where no camera sees people leave, a visit ends after so long',
      }),
      20,
    ),
    positionSeconds: withDefault(
      Type.Number({ exclusiveMinimum: 0, description: "between two events of one visitor's position" }),
      1,
    ),
    lostSeconds: withDefault(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'how long somebody whom no camera sees is looked for, behind furniture or between two cameras',
      }),
      20,
    ),
    reentrySeconds: withDefault(
      Type.Number({ minimum: 0, description: 'who comes back within this time continues the visit' }),
      60,
    ),
    groupSeconds: withDefault(
      Type.Number({ minimum: 0, description: 'who comes in so close behind each other may belong together' }),
      2.5,
    ),
    staffSeconds: withDefault(
      Type.Number({ exclusiveMinimum: 0, description: 'who stays in a staff zone so long is staff' }),
      3,
    ),
  },
  { ...strict, description: 'when a stay begins and is over, and how closely it is followed' },
);

export type Calibration = Resolved<typeof Calibration>;
export type PointsCalibration = Resolved<typeof PointsCalibration>;
export type PoseCalibration = Resolved<typeof PoseCalibration>;
export type MatrixCalibration = Resolved<typeof MatrixCalibration>;
export type Distortion = Resolved<typeof Distortion>;
export type Zone = Resolved<typeof Zone>;
export type FloorLine = Resolved<typeof FloorLine>;
export type FloorPlan = Resolved<typeof FloorPlan>;
export type Visits = Resolved<typeof Visits>;

import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { EpochMs } from './time.ts';

/** Metres from the floor plan's top left corner: across, down. */
export const FloorPoint = Type.Unsafe<[number, number]>(
  Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'across and down in metres' }),
);
export type FloorPoint = Type.Static<typeof FloorPoint>;

const FloorPolygon = Type.Array(FloorPoint, { minItems: 3 });

export const ZoneKind = Type.Union([
  Type.Literal('area'),
  Type.Literal('entrance'),
  Type.Literal('exit'),
  Type.Literal('queue'),
  Type.Literal('staff'),
]);
export type ZoneKind = Type.Static<typeof ZoneKind>;

/** Where a camera hangs and which part of the floor it sees. */
export const FloorCamera = Type.Object({
  cameraId: Type.String(),
  purpose: Type.Union([
    Type.Literal('door'),
    Type.Literal('ceiling'),
    Type.Literal('exit'),
    Type.Literal('mirror'),
  ]),
  place: Nullable(FloorPoint),
  bearingDegrees: Nullable(
    Type.Number({ description: 'where it looks: 0 up the plan, 90 to the right, clockwise' }),
  ),
  sees: Nullable(
    Type.Array(FloorPoint, {
      minItems: 3,
      description: 'corners of the part of the floor that it sees; null: it is not calibrated',
    }),
  ),
  fault: Nullable(Type.String({ description: 'what is wrong with its calibration' })),
});
export type FloorCamera = Type.Static<typeof FloorCamera>;

/** The shop's floor, as it is configured. */
export const FloorPlan = Type.Object(
  {
    widthMetres: Type.Number({ exclusiveMinimum: 0 }),
    heightMetres: Type.Number({ exclusiveMinimum: 0 }),
    fixtures: Type.Array(FloorPolygon, { description: 'furniture and walls' }),
    zones: Type.Array(
      Type.Object({
        name: Type.String(),
        kind: ZoneKind,
        polygon: FloorPolygon,
        leadsTo: Nullable(Type.String({ description: 'of a queue: the zone where people are served' })),
      }),
    ),
    lines: Type.Array(Type.Object({ name: Type.String(), from: FloorPoint, to: FloorPoint })),
    cameras: Type.Array(FloorCamera),
  },
  { title: 'FloorPlan' },
);
export type FloorPlan = Type.Static<typeof FloorPlan>;

/** Somebody on the floor. */
export const FloorPerson = Type.Object({
  visitId: Type.String({ description: 'dies with the visit' }),
  place: FloorPoint,
  accuracyMetres: Type.Number({ minimum: 0, description: 'the true place is within this, most likely' }),
  heading: Nullable(
    Type.Number({ description: 'radians from across towards down; null: stands, or not known' }),
  ),
  zones: Type.Array(Type.String()),
  member: Type.Boolean({
    description: 'a consenting member was recognised, and is still surely this person',
  }),
  name: Nullable(Type.String({ description: 'null unless this member consents to show it' })),
  staff: Type.Boolean(),
  seenSecondsAgo: Type.Number({ minimum: 0, description: 'more than a moment: the place is a guess' }),
  simulated: Type.Boolean(),
});
export type FloorPerson = Type.Static<typeof FloorPerson>;

const People = Nullable(
  Type.Integer({ minimum: 0, description: 'null: a camera that covers it is dead, so nobody knows' }),
);

/** The floor at a moment. Kept nowhere. */
export const FloorSnapshot = Type.Object(
  {
    atMs: EpochMs,
    people: Type.Array(FloorPerson),
    occupancy: People,
    zones: Type.Array(Type.Object({ name: Type.String(), people: People })),
    queues: Type.Array(
      Type.Object({
        name: Type.String(),
        length: People,
        longestWaitSeconds: Nullable(Type.Number({ minimum: 0 })),
      }),
    ),
    cameras: Type.Array(Type.Object({ cameraId: Type.String(), live: Type.Boolean() })),
  },
  { title: 'FloorSnapshot' },
);
export type FloorSnapshot = Type.Static<typeof FloorSnapshot>;

import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { EpochMs, UtcTime } from './time.ts';

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
  accuracyMetres: Type.Number({
    minimum: 0,
    description: 'standard deviation; grows while nobody sees them',
  }),
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

const Seconds = Nullable(Type.Number({ minimum: 0 }));

/** A part of the past, as it was asked for. */
const Period = {
  asOf: UtcTime,
  from: UtcTime,
  to: UtcTime,
};

const WatchedShare = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'how much of the period, as far as it has passed, a camera watched it',
});

/** Where people were. `cells` is null when no camera watched the floor in the period: that is "no data", not zero. */
export const FloorHeatMap = Type.Object(
  {
    ...Period,
    by: Type.Union([Type.Literal('dwell'), Type.Literal('passage')]),
    cellMetres: Type.Number({ exclusiveMinimum: 0, description: 'the side of a cell' }),
    cells: Nullable(
      Type.Array(
        Type.Object({
          across: Type.Integer({ description: 'the cell begins so many cells from the left edge' }),
          down: Type.Integer({ description: 'the cell begins so many cells from the top edge' }),
          value: Type.Number({ description: 'person-seconds (dwell) or visits (passage)' }),
        }),
        { description: 'cells where somebody was' },
      ),
    ),
    cameras: Type.Array(Type.Object({ cameraId: Type.String(), watchedShare: WatchedShare })),
  },
  { title: 'FloorHeatMap' },
);
export type FloorHeatMap = Type.Static<typeof FloorHeatMap>;

const Steps = Type.Array(
  Type.Object({
    startsAt: UtcTime,
    people: Nullable(
      Type.Number({ minimum: 0, description: 'on average over the step; null: no camera watched' }),
    ),
  }),
);

/** How each zone went. */
export const FloorZones = Type.Object(
  {
    ...Period,
    stepSeconds: Type.Integer({ minimum: 1 }),
    zones: Type.Array(
      Type.Object({
        name: Type.String(),
        kind: ZoneKind,
        watchedShare: WatchedShare,
        visits: Nullable(
          Type.Integer({ minimum: 0, description: 'distinct visits; null: no camera watched' }),
        ),
        dwellMedianSeconds: Seconds,
        dwellP90Seconds: Seconds,
        occupancy: Steps,
      }),
    ),
    lines: Type.Array(
      Type.Object({
        name: Type.String(),
        forwards: Nullable(
          Type.Integer({ minimum: 0, description: 'crossings from left to right; null: no camera watched' }),
        ),
        backwards: Nullable(Type.Integer({ minimum: 0 })),
      }),
      { description: 'how often each line of the plan was crossed' },
    ),
    groups: Type.Object({
      visits: Type.Integer({ minimum: 0, description: 'visits that began in the period' }),
      grouped: Type.Integer({ minimum: 0, description: 'of them in groups of two or more' }),
      share: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    }),
    durations: Type.Object({
      visits: Type.Integer({ minimum: 0, description: 'visits that ended in the period' }),
      seen: Type.Integer({ minimum: 0, description: 'of them those whose end a camera saw' }),
      medianSeconds: Seconds,
      p90Seconds: Seconds,
    }),
  },
  { title: 'FloorZones' },
);
export type FloorZones = Type.Static<typeof FloorZones>;

/** How each queue went. */
export const FloorQueues = Type.Object(
  {
    ...Period,
    stepSeconds: Type.Integer({ minimum: 1 }),
    queues: Type.Array(
      Type.Object({
        name: Type.String(),
        watchedShare: WatchedShare,
        joined: Nullable(Type.Integer({ minimum: 0 })),
        served: Nullable(Type.Integer({ minimum: 0 })),
        abandoned: Nullable(Type.Integer({ minimum: 0, description: 'left for somewhere else' })),
        abandonedShare: Nullable(
          Type.Number({ minimum: 0, maximum: 1, description: 'of those who were served or gave up' }),
        ),
        waitMedianSeconds: Seconds,
        waitP90Seconds: Seconds,
        longest: Nullable(Type.Integer({ minimum: 0, description: 'most people who waited at once' })),
        lengths: Steps,
      }),
    ),
  },
  { title: 'FloorQueues' },
);
export type FloorQueues = Type.Static<typeof FloorQueues>;

/** Which way people went. `transitions` is null when no camera watched the floor. */
export const FloorTransitions = Type.Object(
  {
    ...Period,
    transitions: Nullable(
      Type.Array(
        Type.Object({
          from: Type.String(),
          to: Type.String(),
          visits: Type.Integer({ minimum: 0, description: 'distinct visits that went this way' }),
          times: Type.Integer({ minimum: 0 }),
        }),
        { description: 'zone to zone, most travelled first' },
      ),
    ),
  },
  { title: 'FloorTransitions' },
);
export type FloorTransitions = Type.Static<typeof FloorTransitions>;

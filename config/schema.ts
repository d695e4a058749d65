import { Type, type Static } from 'typebox';

const strict = { additionalProperties: false };
const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'lower-case letters, digits, hyphens',
});

/** A point of a picture as fractions of its width and height, from the top left corner. */
export const ImagePoint = Type.Tuple([
  Type.Number({ minimum: 0, maximum: 1 }),
  Type.Number({ minimum: 0, maximum: 1 }),
]);
/** A point of the floor plan, metres from its top left corner. */
export const FloorPoint = Type.Tuple([Type.Number(), Type.Number()]);

export const RtspSource = Type.Object(
  {
    kind: Type.Literal('rtsp'),
    url: Type.String({ pattern: '^rtsps?://', description: 'without credentials' }),
    transport: Type.Optional(Type.Union([Type.Literal('tcp'), Type.Literal('udp')], { default: 'tcp' })),
    credentials: Type.Optional(
      Type.String({
        pattern: '^[A-Z][A-Z0-9_]*$',
        description: 'name of the environment variable that holds user:password',
      }),
    ),
  },
  strict,
);
export const V4l2Source = Type.Object(
  { kind: Type.Literal('v4l2'), device: Type.String({ pattern: '^/dev/' }) },
  strict,
);
export const FileSource = Type.Object(
  {
    kind: Type.Literal('file'),
    path: Type.String({ minLength: 1, description: 'a video, or an image sequence such as shots/%04d.jpg' }),
    pace: Type.Optional(
      Type.Union([Type.Literal('realtime'), Type.Literal('fast')], {
        default: 'realtime',
        description: 'realtime plays like a camera; fast delivers every frame as soon as it is wanted',
      }),
    ),
    loop: Type.Optional(Type.Boolean({ default: false })),
    framesPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'of an image sequence' })),
  },
  strict,
);
export const TestSource = Type.Object(
  { kind: Type.Literal('test'), pattern: Type.Optional(Type.String({ default: 'smpte' })) },
  strict,
);
export const SimulationSource = Type.Object(
  {
    kind: Type.Literal('simulation'),
    scenario: Type.String({ minLength: 1, description: 'scenario file, relative to this file' }),
  },
  strict,
);
export const CameraSource = Type.Union([RtspSource, V4l2Source, FileSource, TestSource, SimulationSource]);

/** An opt-in lane in the picture: recognition happens inside it and nowhere else. */
export const Lane = Type.Object({ name: Name, polygon: Type.Array(ImagePoint, { minItems: 3 }) }, strict);

/** Who crosses this line in the picture from `from`-side to the other, seen walking down the picture, has come in. */
export const EntranceLine = Type.Object({ from: ImagePoint, to: ImagePoint }, strict);

export const Camera = Type.Object(
  {
    id: Name,
    purpose: Type.Union([
      Type.Literal('door'),
      Type.Literal('ceiling'),
      Type.Literal('exit'),
      Type.Literal('mirror'),
    ]),
    place: Type.Optional(FloorPoint),
    source: CameraSource,
    size: Type.Object(
      { width: Type.Integer({ minimum: 64, multipleOf: 4 }), height: Type.Integer({ minimum: 64 }) },
      strict,
    ),
    framesPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, default: 15 })),
    lanes: Type.Optional(Type.Array(Lane, { default: [] })),
    entranceLine: Type.Optional(EntranceLine),
    stallSeconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        default: 5,
        description: 'no frame for so long: the camera is lost',
      }),
    ),
  },
  strict,
);

export const Zone = Type.Object({ name: Name, polygon: Type.Array(FloorPoint, { minItems: 3 }) }, strict);

export const FloorPlan = Type.Object(
  { widthMetres: Type.Number({ exclusiveMinimum: 0 }), heightMetres: Type.Number({ exclusiveMinimum: 0 }) },
  strict,
);

const Clock = Type.String({ pattern: '^([01]\\d|2[0-4]):[0-5]\\d$', description: 'HH:MM' });
const DayHours = Type.Optional(Type.Union([Type.Tuple([Clock, Clock]), Type.Literal('closed')]));
export const OpeningHours = Type.Object(
  {
    monday: DayHours,
    tuesday: DayHours,
    wednesday: DayHours,
    thursday: DayHours,
    friday: DayHours,
    saturday: DayHours,
    sunday: DayHours,
  },
  strict,
);

export const Store = Type.Object(
  {
    id: Name,
    title: Type.String({ minLength: 1 }),
    timeZone: Type.String({ minLength: 1, description: 'IANA name, e.g. Europe/Berlin' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    openingHours: OpeningHours,
    floorPlan: FloorPlan,
    cameras: Type.Array(Camera, { minItems: 1 }),
    zones: Type.Optional(Type.Array(Zone, { default: [] })),
    visits: Type.Optional(
      Type.Object(
        {
          assumedStayMinutes: Type.Optional(
            Type.Number({
              exclusiveMinimum: 0,
              default: 20,
              description: 'no camera sees people leave: a visit ends after so long',
            }),
          ),
        },
        { ...strict, default: {} },
      ),
    ),
  },
  strict,
);

export const Recognition = Type.Object(
  {
    wantedFalseAcceptRate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.1, default: 0.0001 })),
    threshold: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'overrides the threshold that the false accept rate gives',
      }),
    ),
    margin: Type.Optional(Type.Number({ minimum: 0, default: 0.06 })),
    minimumFaceWidth: Type.Optional(Type.Integer({ minimum: 20, default: 44, description: 'pixels' })),
    minimumVotes: Type.Optional(Type.Integer({ minimum: 1, default: 3 })),
  },
  { ...strict, default: {} },
);

export const Deployment = Type.Object(
  {
    stores: Type.Array(Store, { minItems: 1, maxItems: 1, description: 'one store a box' }),
    recognition: Type.Optional(Recognition),
    networks: Type.Optional(
      Type.Object(
        {
          executionProvider: Type.Optional(
            Type.Union([Type.Literal('cpu'), Type.Literal('cuda')], { default: 'cpu' }),
          ),
          threads: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
        },
        { ...strict, default: {} },
      ),
    ),
    server: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Type.String({ default: '127.0.0.1' })),
          port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535, default: 8080 })),
        },
        { ...strict, default: {} },
      ),
    ),
    analytics: Type.Optional(
      Type.Object(
        {
          url: Type.Optional(
            Type.String({
              pattern: '^https?://',
              description: "a ClickHouse server's HTTP address; without it the store starts its own engine",
            }),
          ),
          user: Type.Optional(Type.String({ default: 'default' })),
          password: Type.Optional(
            Type.String({ pattern: '^[A-Z][A-Z0-9_]*$', description: 'name of an environment variable' }),
          ),
          database: Type.Optional(Type.String({ pattern: '^[a-z_][a-z0-9_]*$', default: 'smart_store' })),
        },
        { ...strict, default: {} },
      ),
    ),
    retention: Type.Optional(
      Type.Object(
        { eventDays: Type.Optional(Type.Integer({ minimum: 1, default: 400 })) },
        { ...strict, default: {} },
      ),
    ),
  },
  strict,
);

/** As written in the file; {@link import('./load.ts').loadDeployment} fills in the defaults. */
export type DeploymentFile = Static<typeof Deployment>;

import { Type } from 'typebox';
import { withDefault, type Resolved } from './defaults.ts';

/*
 * The one description of a configuration file. Beside JSON Schema's own words it uses three annotations:
 *   expects      what a text must look like, in words (a pattern is no help to a person)
 *   advice       what to do when the value is wrong
 *   holds        'file': a path relative to the configuration file; 'variable': the name of an environment variable
 */

const strict = { additionalProperties: false };

const Name = (description: string) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
    expects: 'a name of lower-case letters, digits and hyphens, at most 63 of them',
    description,
  });

const VariableName = (description: string) =>
  Type.String({
    pattern: '^[A-Z][A-Z0-9_]*$',
    expects: 'the name of an environment variable (capital letters, digits, underscores)',
    advice:
      'put the secret itself into an environment variable and write the name of that variable here, for example FRONT_DOOR_LOGIN',
    holds: 'variable',
    description,
  });

const FilePath = (description: string) =>
  Type.String({ minLength: 1, expects: 'a path, relative to this file', holds: 'file', description });

const Fraction = Type.Number({
  minimum: 0,
  maximum: 1,
  advice:
    'points of a picture are fractions: divide pixels across by the width and pixels down by the height',
});

/** A point of a picture as fractions of its width and height, from the top left corner. */
export const ImagePoint = Type.Tuple([Fraction, Fraction], {
  expects: 'a point of the picture, [across, down] as fractions from 0 to 1',
  description: 'fractions of the picture, [across, down], from its top left corner',
});
/** A point of the floor plan, metres from its top left corner. */
export const FloorPoint = Type.Tuple([Type.Number(), Type.Number()], {
  expects: 'a point of the floor plan, [across, down] in metres',
  description: 'metres on the floor plan, [across, down]',
});

export const RtspSource = Type.Object(
  {
    kind: Type.Literal('rtsp', { description: 'a network camera' }),
    url: Type.String({
      pattern: '^rtsps?://',
      expects: 'an address that begins with rtsp:// or rtsps://',
      description: "the camera's address, without user and password",
    }),
    transport: withDefault(
      Type.Union([Type.Literal('tcp'), Type.Literal('udp')], {
        description:
          'tcp loses nothing and is right for almost every network; udp is for cameras that speak nothing else',
      }),
      'tcp',
    ),
    credentials: Type.Optional(VariableName('the environment variable that holds `user:password`')),
  },
  strict,
);
export const V4l2Source = Type.Object(
  {
    kind: Type.Literal('v4l2', { description: 'a camera on this machine, for example on USB' }),
    device: Type.String({
      pattern: '^/dev/',
      expects: 'a device such as /dev/video0',
      description: 'the device file',
    }),
  },
  strict,
);
export const FileSource = Type.Object(
  {
    kind: Type.Literal('file', { description: 'a video, or a sequence of pictures' }),
    path: FilePath('the video, or a sequence of pictures such as `shots/%04d.jpg`'),
    pace: withDefault(
      Type.Union([Type.Literal('realtime'), Type.Literal('fast')], {
        description: 'realtime plays like a camera; fast delivers every frame as soon as it is wanted',
      }),
      'realtime',
    ),
    loop: withDefault(Type.Boolean({ description: 'begin again at the end' }), false),
    framesPerSecond: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'the pace of a sequence of pictures' }),
    ),
  },
  strict,
);
export const TestSource = Type.Object(
  {
    kind: Type.Literal('test', { description: "GStreamer's test picture" }),
    pattern: withDefault(Type.String({ description: 'the pattern of videotestsrc' }), 'smpte'),
  },
  strict,
);
export const SimulationSource = Type.Object(
  {
    kind: Type.Literal('simulation', { description: 'the virtual shop' }),
    scenario: FilePath('the scenario file'),
  },
  strict,
);
export const CameraSource = Type.Union([RtspSource, V4l2Source, FileSource, TestSource, SimulationSource], {
  description: 'where the frames come from',
});

/** An opt-in lane in the picture: recognition happens inside it and nowhere else. */
export const Lane = Type.Object(
  {
    name: Name('unique within the camera'),
    polygon: Type.Array(ImagePoint, {
      minItems: 3,
      description: 'its corners in the picture, as fractions from the top left corner',
    }),
  },
  strict,
);

/** Who crosses this line in the picture from `from`-side to the other, seen walking down the picture, has come in. */
export const EntranceLine = Type.Object(
  { from: ImagePoint, to: ImagePoint },
  {
    ...strict,
    description: 'who crosses it walking down the picture has come in; a door camera needs one to count',
  },
);

export const Camera = Type.Object(
  {
    id: Name('unique within the store; it appears in every event of this camera'),
    purpose: Type.Union(
      [Type.Literal('door'), Type.Literal('ceiling'), Type.Literal('exit'), Type.Literal('mirror')],
      { description: 'what it is there for' },
    ),
    place: Type.Optional(FloorPoint),
    source: CameraSource,
    size: Type.Object(
      {
        width: Type.Integer({
          minimum: 64,
          multipleOf: 4,
          description: 'pixels; divisible by 4, because video rows are stored in steps of 4 pixels',
        }),
        height: Type.Integer({ minimum: 64, description: 'pixels' }),
      },
      { ...strict, description: 'the size of the picture that the camera sends' },
    ),
    framesPerSecond: withDefault(
      Type.Number({ exclusiveMinimum: 0, description: 'how many frames a second are looked at' }),
      15,
    ),
    lanes: withDefault(
      Type.Array(Lane, {
        description: 'opt-in lanes: members are recognised inside them and nobody is anywhere else',
      }),
      [],
    ),
    entranceLine: Type.Optional(EntranceLine),
    stallSeconds: withDefault(
      Type.Number({ exclusiveMinimum: 0, description: 'no frame for so long: the camera is lost' }),
      5,
    ),
  },
  strict,
);

export const Zone = Type.Object(
  {
    name: Name('unique within the store'),
    polygon: Type.Array(FloorPoint, { minItems: 3, description: 'its corners, metres on the floor plan' }),
  },
  strict,
);

export const FloorPlan = Type.Object(
  {
    widthMetres: Type.Number({ exclusiveMinimum: 0, description: 'across' }),
    heightMetres: Type.Number({ exclusiveMinimum: 0, description: 'down' }),
  },
  { ...strict, description: "the shop's floor; points on it are counted from the top left corner" },
);

const Clock = Type.String({
  pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  expects: 'a time of day such as 09:30, up to 24:00',
});
const DayHours = withDefault(
  Type.Union([Type.Tuple([Clock, Clock], { expects: '[from, to]' }), Type.Literal('closed')], {
    description: '`[from, to]` on the clock of the shop, or `closed`',
  }),
  'closed',
);
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
  { ...strict, description: 'when customers may come in; a day that is left out is closed' },
);

export const Store = Type.Object(
  {
    id: Name('it appears in every event; do not change it once numbers have been collected'),
    title: Type.String({ minLength: 1, description: 'what people read' }),
    timeZone: Type.String({
      minLength: 1,
      expects: 'an IANA time zone such as Europe/Berlin',
      description: 'IANA time zone: days and hours in reports follow it',
    }),
    currency: Type.String({
      pattern: '^[A-Z]{3}$',
      expects: 'an ISO 4217 currency such as EUR',
      description: 'ISO 4217',
    }),
    openingHours: OpeningHours,
    floorPlan: FloorPlan,
    cameras: Type.Array(Camera, { minItems: 1, description: 'at least one' }),
    zones: withDefault(Type.Array(Zone, { description: 'parts of the floor that are counted apart' }), []),
    visits: withDefault(
      Type.Object(
        {
          assumedStayMinutes: withDefault(
            Type.Number({
              exclusiveMinimum: 0,
              description: 'where no camera sees people leave, a visit ends after so long',
            }),
            20,
          ),
        },
        { ...strict, description: 'when a stay is over' },
      ),
      {},
    ),
  },
  strict,
);

export const Recognition = Type.Object(
  {
    wantedFalseAcceptRate: withDefault(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 0.1,
        description: 'how often a stranger may be taken for a given member; the threshold follows from it',
      }),
      0.0001,
    ),
    threshold: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'overrides the threshold that the false accept rate gives',
      }),
    ),
    margin: withDefault(
      Type.Number({ minimum: 0, description: 'how much nearer the best member must be than the second' }),
      0.06,
    ),
    minimumFaceWidth: withDefault(
      Type.Integer({ minimum: 20, description: 'pixels; smaller faces are not looked at' }),
      44,
    ),
    minimumVotes: withDefault(
      Type.Integer({ minimum: 1, description: 'how many frames of one approach must agree' }),
      3,
    ),
  },
  { ...strict, description: 'recognition of members inside the opt-in lanes' },
);

export const Networks = Type.Object(
  {
    executionProvider: withDefault(
      Type.Union([Type.Literal('cpu'), Type.Literal('cuda')], { description: 'what the networks run on' }),
      'cpu',
    ),
    threads: withDefault(Type.Integer({ minimum: 1, description: 'threads a network' }), 1),
  },
  { ...strict, description: 'how neural networks are run' },
);

export const Server = Type.Object(
  {
    host: withDefault(
      Type.String({ minLength: 1, description: 'the address to listen on; 127.0.0.1 is this machine only' }),
      '127.0.0.1',
    ),
    port: withDefault(
      Type.Integer({ minimum: 0, maximum: 65535, description: '0 takes any free port' }),
      8080,
    ),
  },
  { ...strict, description: 'the page and its API' },
);

export const KafkaTls = Type.Object(
  {
    authority: Type.Optional(
      FilePath('the certificate authority that signed the brokers, PEM; without it those that Node trusts'),
    ),
    certificate: Type.Optional(FilePath("the store's own certificate, PEM, where brokers ask for one")),
    key: Type.Optional(FilePath('the private key of that certificate, PEM')),
  },
  { ...strict, description: 'encrypted connections to the brokers' },
);

export const KafkaSasl = Type.Object(
  {
    mechanism: Type.Union(
      [Type.Literal('scram-sha-512'), Type.Literal('scram-sha-256'), Type.Literal('plain')],
      { description: 'how the store logs in; plain sends the password, so it wants tls' },
    ),
    user: Type.String({ minLength: 1, description: 'who logs in' }),
    password: VariableName('the environment variable that holds the password'),
  },
  { ...strict, description: 'logging in to the brokers' },
);

export const Kafka = Type.Object(
  {
    brokers: withDefault(
      Type.Array(
        Type.String({
          pattern: '^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$',
          expects: 'a host and a port, like kafka-1.example.org:9092',
        }),
        { minItems: 1, description: 'brokers to begin with; they name the others' },
      ),
      ['127.0.0.1:9092'],
    ),
    tls: Type.Optional(KafkaTls),
    sasl: Type.Optional(KafkaSasl),
    replicationFactor: withDefault(
      Type.Integer({
        minimum: 1,
        maximum: 7,
        description:
          'copies of each partition; with 3 or more, a write waits for all but one of them, and one broker may die',
      }),
      1,
    ),
  },
  { ...strict, description: 'Apache Kafka, the event log of the cluster profile' },
);

export const Analytics = Type.Object(
  {
    url: withDefault(
      Type.String({
        pattern: '^https?://',
        expects: 'an address that begins with http:// or https://',
        description: "the ClickHouse server's HTTP address (cluster profile; embedded starts its own engine)",
      }),
      'http://127.0.0.1:8123',
    ),
    cluster: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        expects: 'a name of letters, digits and underscores, as in system.clusters',
        description:
          'the ClickHouse cluster over which tables are replicated and spread; without it one server holds them',
      }),
    ),
    sink: withDefault(
      Type.Union([Type.Literal('inside'), Type.Literal('separate')], {
        description:
          'who carries events into ClickHouse: the store itself, or workers of their own (smart-store sink)',
      }),
      'inside',
    ),
    user: withDefault(Type.String({ description: 'who asks' }), 'default'),
    password: Type.Optional(VariableName('the environment variable that holds the password')),
    database: withDefault(
      Type.String({
        pattern: '^[a-z_][a-z0-9_]*$',
        expects: 'a name of lower-case letters, digits and underscores',
        description: 'the database that holds our tables',
      }),
      'smart_store',
    ),
  },
  { ...strict, description: 'ClickHouse, where numbers are read from' },
);

export const Retention = Type.Object(
  {
    eventDays: withDefault(
      Type.Integer({ minimum: 1, description: 'days that events stay in ClickHouse' }),
      400,
    ),
    operationsDays: Type.Optional(
      Type.Integer({ minimum: 1, description: 'days of cameras lost and found; without it eventDays' }),
    ),
    membershipDays: Type.Optional(
      Type.Integer({ minimum: 1, description: 'days of enrolments and consents; without it eventDays' }),
    ),
  },
  { ...strict, description: 'how long things are kept' },
);

export const Telemetry = Type.Object(
  {
    tracesUrl: Type.Optional(
      Type.String({
        pattern: '^https?://',
        expects: 'an address that begins with http:// or https://',
        description:
          'where traces are sent to: an OpenTelemetry collector, OTLP over HTTP, like http://127.0.0.1:4318/v1/traces',
      }),
    ),
  },
  { ...strict, description: 'how the system itself is watched; metrics are always at /metrics' },
);

export const Deployment = Type.Object(
  {
    profile: withDefault(
      Type.Union([Type.Literal('embedded'), Type.Literal('cluster')], {
        description:
          'embedded keeps events and analytics on this machine; cluster uses Kafka and ClickHouse servers',
      }),
      'embedded',
    ),
    stores: Type.Array(Store, { minItems: 1, maxItems: 1, description: 'exactly one: one store a box' }),
    recognition: withDefault(Recognition, {}),
    networks: withDefault(Networks, {}),
    server: withDefault(Server, {}),
    kafka: withDefault(Kafka, {}),
    analytics: withDefault(Analytics, {}),
    telemetry: withDefault(Telemetry, {}),
    retention: withDefault(Retention, {}),
  },
  strict,
);

/** A deployment with every default in its place and every path absolute. */
export type Deployment = Resolved<typeof Deployment>;
export type Store = Resolved<typeof Store>;
export type Camera = Resolved<typeof Camera>;
export type CameraSource = Resolved<typeof CameraSource>;
export type Lane = Resolved<typeof Lane>;
export type EntranceLine = Resolved<typeof EntranceLine>;
export type Zone = Resolved<typeof Zone>;
export type FloorPlan = Resolved<typeof FloorPlan>;
export type OpeningHours = Resolved<typeof OpeningHours>;
export type Recognition = Resolved<typeof Recognition>;
export type Networks = Resolved<typeof Networks>;
export type Server = Resolved<typeof Server>;
export type Kafka = Resolved<typeof Kafka>;
export type Analytics = Resolved<typeof Analytics>;
export type Telemetry = Resolved<typeof Telemetry>;
export type Retention = Resolved<typeof Retention>;
export type ImagePoint = Resolved<typeof ImagePoint>;
export type FloorPoint = Resolved<typeof FloorPoint>;

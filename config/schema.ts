import { Type } from 'typebox';
import { withDefault, type Resolved } from './defaults.ts';
import { Calibration, FloorLine, FloorPlan, Visits, Zone } from './floor-schema.ts';
import { FilePath, FloorPoint, ImagePoint, Name, strict, VariableName } from './schema-parts.ts';
import { Analytics, Kafka, Retention, Server, Telemetry } from './server-schema.ts';

/*
 * The one description of a configuration file. Beside JSON Schema's own words it uses three annotations:
 *   expects      what a text must look like, in words (a pattern is no help to a person)
 *   advice       what to do when the value is wrong
 *   holds        'file': a path relative to the configuration file; 'variable': the name of an environment variable
 */

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
    calibration: Type.Optional(Calibration),
    ignore: withDefault(
      Type.Array(
        Type.Array(ImagePoint, { minItems: 3, description: 'corners as fractions from the top left corner' }),
        {
          description:
            'parts of the picture in which nobody is looked for: mirrors, screens, shop windows, posters of people',
        },
      ),
      [],
    ),
    detectionsPerSecond: withDefault(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'how often a ceiling camera looks for people; at most framesPerSecond',
      }),
      5,
    ),
    stallSeconds: withDefault(
      Type.Number({ exclusiveMinimum: 0, description: 'no frame for so long: the camera is lost' }),
      5,
    ),
  },
  strict,
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
    lines: withDefault(
      Type.Array(FloorLine, {
        description: 'lines on the floor; who crosses one is told with the direction',
      }),
      [],
    ),
    visits: withDefault(Visits, {}),
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
export type OpeningHours = Resolved<typeof OpeningHours>;
export type Recognition = Resolved<typeof Recognition>;
export type Networks = Resolved<typeof Networks>;

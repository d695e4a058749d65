import { Type } from 'typebox';
import { withDefault, type Resolved } from './defaults.ts';
import { FilePath, strict, VariableName } from './schema-parts.ts';

// The servers that a store speaks to, and how it is watched.

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

export type Server = Resolved<typeof Server>;
export type Kafka = Resolved<typeof Kafka>;
export type Analytics = Resolved<typeof Analytics>;
export type Telemetry = Resolved<typeof Telemetry>;
export type Retention = Resolved<typeof Retention>;

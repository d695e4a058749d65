import { Type, type Static, type TObject, type TSchema } from 'typebox';
import { newId } from '../../runtime/ids.ts';

/** A UTC time of the form 2026-11-22T07:46:45.123Z, to the millisecond. */
function utcTime(description: string) {
  return Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
    description,
    expects: 'a UTC time such as 2026-11-22T07:46:45.123Z',
  });
}

export function uuid(description: string) {
  return Type.String({
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
    description,
    expects: 'a UUID',
  });
}

/** A name as the configuration gives it to shops and cameras. */
export function slug(description: string) {
  return Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
    description,
    expects: 'a name of lower-case letters, digits and dashes, at most 63',
  });
}

/** One kind of event: a CloudEvents 1.0 envelope around `data`. */
export interface EventContract<Name extends string = string, Data extends TSchema = TSchema> {
  readonly type: Name;
  /** The version that is written. Grows by one when `data` changes by more than new optional fields. */
  readonly version: number;
  /** What is no longer written but stays readable, from version 1 on: `version - 1` of them. */
  readonly earlier: readonly EarlierVersion[];
  readonly topic: string;
  readonly description: string;
  readonly data: Data;
  readonly schema: TObject;
  readonly example: StoreEvent<Name, Static<Data>>;
}

/** A published version of `data` that is no longer written; {@link earlierVersion} makes one. */
export interface EarlierVersion {
  readonly data: TSchema;
  /** The data of the version that follows. */
  readonly next: TSchema;
  /** For what `data` has accepted only. */
  readonly upgrade: (data: unknown) => unknown;
}

/**
 * CloudEvents 1.0 in structured JSON. `storeid`, `visitid` and `recordedtime` are extension attributes (their names are
 * lower-case letters and digits only, as the specification demands).
 */
export interface StoreEvent<Name extends string = string, Data = unknown> {
  specversion: '1.0';
  /** UUIDv7, the event's identity: an event that arrives twice has it twice. */
  id: string;
  type: Name;
  /** Who saw it, e.g. `/stores/demo/cameras/front-door`. */
  source: string;
  /** What it is about, e.g. `stores/demo/visits/0198…`. */
  subject: string;
  /** When it happened: the camera's capture time, UTC. */
  time: string;
  /** When this system wrote it down, UTC; `recordedtime - time` is the latency of seeing. */
  recordedtime: string;
  datacontenttype: 'application/json';
  /** `urn:smart-store:visit.started:1` */
  dataschema: string;
  storeid: string;
  visitid?: string;
  data: Data;
}

/** What a producer must say; the rest of the envelope follows from the contract. */
export interface EventFacts<Data> {
  source: string;
  subject: string;
  time: Date;
  storeId: string;
  visitId?: string;
  data: Data;
}

/** @param definition with `earlier` once the version is more than 1 */
export function defineEvent<const Name extends string, Data extends TSchema>(definition: {
  type: Name;
  version: number;
  earlier?: readonly EarlierVersion[];
  topic: string;
  description: string;
  data: Data;
  example: EventFacts<Static<Data>>;
}): EventContract<Name, Data> {
  const { type, version, earlier = [], topic, description, data } = definition;
  if (earlier.length !== version - 1) {
    throw new TypeError(
      `${type} has version ${version}, so ${version - 1} earlier ones; found ${earlier.length}.`,
    );
  }
  earlier.forEach(({ next }, index) => {
    if (next !== (earlier[index + 1]?.data ?? data)) {
      throw new TypeError(`${type}: version ${index + 1} must be upgraded to version ${index + 2}.`);
    }
  });
  const schema = eventSchema({ type, version, description }, data);
  const contract = { type, version, earlier, topic, description, data, schema };
  return { ...contract, example: createEvent(contract, definition.example) };
}

/**
 * A published version and its way to the next one.
 * @param upgrade pure, and with an answer for everything that `data` accepts; it hands on fields that it doesn't know
 */
export function earlierVersion<Data extends TSchema, Next extends TSchema>(
  data: Data,
  next: Next,
  upgrade: (data: Static<Data>) => Static<Next>,
): EarlierVersion {
  // The codec calls it for what `data` has accepted, and nobody else does.
  return { data, next, upgrade: (value) => upgrade(value as Static<Data>) };
}

/** What an event of one version looks like as a whole. */
export function eventSchema<Name extends string, Data extends TSchema>(
  { type, version, description }: Pick<EventContract<Name>, 'type' | 'version' | 'description'>,
  data: Data,
) {
  return Type.Object(
    {
      specversion: Type.Literal('1.0', { description: 'of CloudEvents' }),
      id: uuid('the identity of the event (UUIDv7): what arrives twice has it twice'),
      type: Type.Literal(type, { description: 'what happened' }),
      source: Type.String({ minLength: 1, description: 'who saw it, e.g. /stores/demo/cameras/front-door' }),
      subject: Type.String({ minLength: 1, description: 'what it is about, e.g. stores/demo/visits/0198…' }),
      time: utcTime("when it happened: the camera's capture time"),
      recordedtime: utcTime('when the store wrote it down'),
      datacontenttype: Type.Literal('application/json', { description: 'of data' }),
      dataschema: Type.Literal(schemaUrn(type, version), { description: 'the version of data' }),
      storeid: slug('the shop it happened in'),
      visitid: Type.Optional(uuid('the visit it belongs to, where there is one')),
      data,
    },
    { $id: schemaUrn(type, version), description },
  );
}

/** Wraps facts into an event of this contract, with a new id, recorded now. */
export function createEvent<Name extends string, Data extends TSchema>(
  contract: Pick<EventContract<Name, Data>, 'type' | 'version'> & { readonly data?: Data },
  facts: EventFacts<Static<Data>>,
): StoreEvent<Name, Static<Data>> {
  return {
    specversion: '1.0',
    id: newId(),
    type: contract.type,
    source: facts.source,
    subject: facts.subject,
    time: facts.time.toISOString(),
    recordedtime: new Date().toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaUrn(contract.type, contract.version),
    storeid: facts.storeId,
    ...(facts.visitId === undefined ? {} : { visitid: facts.visitId }),
    data: facts.data,
  };
}

/** The name of an event's schema, which its `dataschema` carries: `urn:smart-store:visit.started:1`. */
export function schemaUrn(type: string, version: number): string {
  return `urn:smart-store:${type}:${version}`;
}

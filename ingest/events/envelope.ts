import { Type, type Static, type TObject, type TSchema } from 'typebox';
import { newId } from '../../runtime/ids.ts';

/** A UTC time of the form 2026-11-22T07:46:45.123Z, to the millisecond. */
export const UtcTime = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  description: 'ISO 8601, UTC, milliseconds',
});
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
});
export const Slug = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' });

/**
 * One kind of event: a CloudEvents 1.0 envelope around `data`.
 * `subjectOf` says what the event is about; `source` and `time` come from whoever saw it happen.
 */
export interface EventContract<Name extends string = string, Data extends TSchema = TSchema> {
  readonly type: Name;
  /** Grows by one with every change to `data`; every version ever published stays readable. */
  readonly version: number;
  readonly topic: string;
  readonly description: string;
  readonly data: Data;
  readonly schema: TObject;
  readonly example: StoreEvent<Name, Static<Data>>;
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

export function defineEvent<const Name extends string, Data extends TSchema>(definition: {
  type: Name;
  version: number;
  topic: string;
  description: string;
  data: Data;
  example: EventFacts<Static<Data>>;
}): EventContract<Name, Data> {
  const { type, version, topic, description, data } = definition;
  const schema = Type.Object(
    {
      specversion: Type.Literal('1.0'),
      id: Uuid,
      type: Type.Literal(type),
      source: Type.String({ minLength: 1 }),
      subject: Type.String({ minLength: 1 }),
      time: UtcTime,
      recordedtime: UtcTime,
      datacontenttype: Type.Literal('application/json'),
      dataschema: Type.Literal(schemaUrn(type, version)),
      storeid: Slug,
      visitid: Type.Optional(Uuid),
      data,
    },
    { $id: schemaUrn(type, version), description },
  );
  const contract = { type, version, topic, description, data, schema };
  return { ...contract, example: createEvent(contract, definition.example) };
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

function schemaUrn(type: string, version: number): string {
  return `urn:smart-store:${type}:${version}`;
}

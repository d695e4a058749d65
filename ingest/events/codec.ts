import { Compile, type Validator } from 'typebox/compile';
import type { NewRecord } from '../log/event-log.ts';
import { TOPICS, type Topic } from '../topics.ts';
import { eventSchema, schemaUrn, type EventContract, type StoreEvent } from './envelope.ts';
import { reasonOf, describe } from './reason.ts';
import { EVENT_CONTRACTS } from './registry.ts';

/** A way from events to bytes and back, for some contracts. */
export interface Codec<Event extends StoreEvent = StoreEvent> {
  /**
   * The event as it is stored: one CloudEvents 1.0 object, JSON, UTF-8.
   * @throws TypeError when the event breaks its contract; that is a mistake of the producer
   */
  readonly encode: (event: Event) => Uint8Array;
  /**
   * Reads a stored event of any published version and checks it against the contract of that version. Fields that the
   * contract doesn't name are kept. The reason of a refusal says what was expected and what kind of thing was found
   * where, and never repeats content.
   */
  readonly decode: (bytes: Uint8Array) => Decoded<Event>;
  /** The record that carries an event: the topic of its contract, keyed as `ingest/topics.ts` says. */
  readonly eventRecord: (event: Event) => NewRecord;
  /** The data of a stored row in the shape of today; undefined where it keeps no published version of its contract. */
  readonly currentData: (type: string, version: number, data: unknown) => unknown;
}

export type Decoded<Event extends StoreEvent = StoreEvent> =
  | {
      readonly ok: true;
      /** In the shape of the contract's newest version: what the rest of the store works with. */
      readonly event: Event;
      /** As it was written, in the version it had: what is stored. The same object where that is the newest. */
      readonly written: StoreEvent;
      /** The JSON that it was read from. */
      readonly text: string;
    }
  | { readonly ok: false; readonly reason: string };

/** CloudEvents' media type for one event in structured JSON (Kafka protocol binding 1.0, section 3.3). */
const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/** One published version of one kind of event. */
interface Reader {
  readonly contract: EventContract;
  readonly version: number;
  readonly validator: Validator;
  /** Which attribute keys the record, from the topic. */
  readonly keyedBy: Topic['keyedBy'];
  /** The data of the version that follows; null for the newest. */
  readonly upgrade: ((data: unknown) => unknown) | null;
}

/** @param topics every topic that a contract names */
export function createCodec<const Contracts extends readonly EventContract[]>(
  contracts: Contracts,
  topics: readonly Topic[],
): Codec<EventOf<Contracts>> {
  type Event = EventOf<Contracts>;
  const contractOf = new Map<string, EventContract>(contracts.map((contract) => [contract.type, contract]));
  const readers = new Map<unknown, Reader>(
    contracts.flatMap((contract) => readersOf(contract, topics).map((reader) => [urnOf(reader), reader])),
  );

  /** The reader of a value that is an event of some published version, or why it is none. */
  function readerOf(value: unknown): Reader | string {
    if (!isObject(value)) return `expected a CloudEvents object, found ${describe(value)}`;
    const { type, dataschema } = value;
    const published = readers.get(dataschema);
    const known = published?.contract.type === type ? published : undefined;
    const reader = known ?? newestReader(type, dataschema);
    if (typeof reader === 'string') return reader;
    if (!reader.validator.Check(value))
      return `${String(type)}: ${reasonOf(reader.validator.Errors(value), value)}`;
    return reader;
  }

  /** Where no published version is named: the newest, which will say what is wrong, or why there is none. */
  function newestReader(type: unknown, dataschema: unknown): Reader | string {
    if (typeof type !== 'string') return `expected an event type, found ${describe(type)} at /type`;
    const contract = contractOf.get(type);
    const newest = contract && readers.get(schemaUrn(type, contract.version));
    if (newest === undefined) {
      return `expected an event type that this release knows, found ${nameOrKind(type)} at /type`;
    }
    const version = versionOf(dataschema, type);
    if (version === null || version === newest.version) return newest;
    return `expected ${type} of version ${newest.version}, found version ${version}${version > newest.version ? ': a newer release wrote it' : ''}`;
  }

  /** Brings an event that its reader has accepted up to today, version by version. */
  function currentEvent(written: StoreEvent, reader: Reader): StoreEvent | string {
    let event = written;
    for (let step = reader; step.upgrade !== null;) {
      const { type, version } = step.contract;
      const next = readers.get(schemaUrn(type, step.version + 1))!;
      const refuse = (reason: string): string =>
        `${type}: version ${reader.version} can't be read as version ${version}: ${reason}`;
      try {
        event = { ...event, dataschema: urnOf(next), data: step.upgrade(event.data) };
      } catch {
        return refuse(`the upgrade to version ${next.version} failed`); // its message may quote what it read
      }
      if (!next.validator.Check(event)) return refuse(reasonOf(next.validator.Errors(event), event));
      step = next;
    }
    return event;
  }

  function encode(event: Event): Uint8Array {
    const reader = readerOf(event);
    const reason = typeof reader === 'string' ? reader : (missingKey(event, reader) ?? outdated(reader));
    if (reason !== null) throw new TypeError(`This event can't be stored: ${reason}.`);
    return Buffer.from(JSON.stringify(event), 'utf8');
  }

  return {
    encode,
    decode(bytes) {
      const value = parse(bytes);
      if (!value.ok) return value;
      const reader = readerOf(value.parsed);
      if (typeof reader === 'string') return { ok: false, reason: reader };
      // The validator of its version has accepted it.
      const written = value.parsed as StoreEvent;
      const event = reader.upgrade === null ? written : currentEvent(written, reader);
      if (typeof event === 'string') return { ok: false, reason: event };
      const reason = missingKey(event, reader);
      return reason === null ? { ok: true, event, written, text: value.text } : { ok: false, reason };
    },
    eventRecord(event) {
      const value = encode(event);
      const { contract, keyedBy } = readers.get(event.dataschema)!;
      const headers = { 'content-type': CONTENT_TYPE };
      return { topic: contract.topic, key: keyOf(event, keyedBy)!, value, headers };
    },
    currentData(type, version, data) {
      const reader = readers.get(schemaUrn(type, version));
      if (reader === undefined) return undefined;
      try {
        return reader.contract.earlier.slice(version - 1).reduce((at, { upgrade }) => upgrade(at), data);
      } catch {
        return undefined; // a row that was stored before anybody checked it
      }
    },
  };
}

export const { encode, decode, eventRecord, currentData } = createCodec(EVENT_CONTRACTS, TOPICS);

type EventOf<Contracts extends readonly EventContract[]> = Contracts[number]['example'];

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readersOf(contract: EventContract, topics: readonly Topic[]): readonly Reader[] {
  const { topic, type, description, earlier } = contract;
  const keyedBy = topics.find(({ name }) => name === topic)?.keyedBy;
  if (keyedBy === undefined) throw new TypeError(`${type} goes to ${topic}, which is no topic.`);
  const published = earlier.map(({ data, upgrade }, index): Reader => {
    const version = index + 1;
    const validator = Compile(eventSchema({ type, version, description }, data));
    return { contract, version, validator, keyedBy, upgrade };
  });
  const validator = Compile(contract.schema);
  return [...published, { contract, version: contract.version, validator, keyedBy, upgrade: null }];
}

function parse(
  bytes: Uint8Array,
): { ok: true; parsed: unknown; text: string } | { ok: false; reason: string } {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, reason: `expected UTF-8, found ${bytes.byteLength} bytes that are not` };
  }
  try {
    return { ok: true, parsed: JSON.parse(text), text };
  } catch {
    // The parser's own message quotes what it read.
    return { ok: false, reason: `expected JSON, found text of ${text.length} characters that is not` };
  }
}

function urnOf({ contract, version }: Pick<Reader, 'contract' | 'version'>): string {
  return schemaUrn(contract.type, version);
}

function outdated({ contract, version }: Reader): string | null {
  if (version === contract.version) return null;
  return `expected ${contract.type} of version ${contract.version}, which is the one to write, found version ${version}`;
}

function missingKey(event: StoreEvent, { contract, keyedBy }: Reader): string | null {
  if (keyOf(event, keyedBy) !== null) return null;
  const path = keyedBy === 'visitid' ? '/visitid' : `/data/${keyedBy}`;
  return `${contract.type}: expected a key for its topic, found nothing at ${path}`;
}

function keyOf(event: StoreEvent, keyedBy: Topic['keyedBy']): string | null {
  const holder: unknown = keyedBy === 'visitid' ? event : event.data;
  const key = isObject(holder) ? holder[keyedBy] : undefined;
  return typeof key === 'string' && key !== '' ? key : null;
}

/** `urn:smart-store:visit.started:1` → 1; null when it is no such name, which the schema then refuses. */
function versionOf(dataschema: unknown, type: string): number | null {
  const prefix = `urn:smart-store:${type}:`;
  if (typeof dataschema !== 'string' || !dataschema.startsWith(prefix)) return null;
  const version = dataschema.slice(prefix.length);
  return /^\d{1,4}$/.test(version) ? Number(version) : null;
}

/** An event type may be repeated, anything else in its place may not. */
function nameOrKind(type: string): string {
  return /^[a-z]{1,20}\.[a-z-]{1,20}$/.test(type) ? type : describe(type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

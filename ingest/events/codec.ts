import { Compile } from 'typebox/compile';
import { TOPICS } from '../topics.ts';
import type { NewRecord } from '../log/event-log.ts';
import { reasonOf, describe } from './reason.ts';
import { contractOf, EVENT_CONTRACTS, type AnyEvent } from './registry.ts';

export type Decoded =
  { readonly ok: true; readonly event: AnyEvent } | { readonly ok: false; readonly reason: string };

/** CloudEvents' media type for one event in structured JSON (Kafka protocol binding 1.0, section 3.3). */
const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/**
 * The event as it is stored: one CloudEvents 1.0 object, JSON, UTF-8.
 * @throws TypeError when the event breaks its contract; that is a mistake of the producer
 */
export function encode(event: AnyEvent): Uint8Array {
  const reason = faultOf(event);
  if (reason !== null) throw new TypeError(`This event can't be stored: ${reason}.`);
  return Buffer.from(JSON.stringify(event), 'utf8');
}

/**
 * Reads a stored event and checks it against its contract. Fields that the contract doesn't name are kept. The reason
 * of a refusal says what was expected and what kind of thing was found where, and never repeats content.
 */
export function decode(bytes: Uint8Array): Decoded {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, reason: `expected UTF-8, found ${bytes.byteLength} bytes that are not` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes what it read.
    return { ok: false, reason: `expected JSON, found text of ${text.length} characters that is not` };
  }
  const reason = faultOf(value);
  // No fault: the compiled schema of its type has accepted it.
  return reason === null ? { ok: true, event: value as AnyEvent } : { ok: false, reason };
}

/** The record that carries an event: the topic of its contract, keyed as `ingest/topics.ts` says. */
export function eventRecord(event: AnyEvent): NewRecord {
  const value = encode(event);
  const contract = contractOf(event.type)!;
  const key = keyOf(event, contract.topic)!;
  return { topic: contract.topic, key, value, headers: { 'content-type': CONTENT_TYPE } };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const validators = new Map(EVENT_CONTRACTS.map(({ type, schema }) => [type as string, Compile(schema)]));

const keyedBy = new Map<string, string>(TOPICS.map((topic) => [topic.name, topic.keyedBy]));

/** Why a value is no event that this release reads; null when it is one. */
function faultOf(value: unknown): string | null {
  if (!isObject(value)) return `expected a CloudEvents object, found ${describe(value)}`;
  const { type } = value;
  if (typeof type !== 'string') return `expected an event type, found ${describe(type)} at /type`;
  const contract = contractOf(type);
  const validator = validators.get(type);
  if (contract === undefined || validator === undefined) {
    return `expected an event type that this release knows, found ${nameOrKind(type)} at /type`;
  }
  const version = versionOf(value['dataschema'], type);
  if (version !== null && version !== contract.version) {
    return `expected ${type} of version ${contract.version}, found version ${version}${version > contract.version ? ': a newer release wrote it' : ''}`;
  }
  if (!validator.Check(value)) return `${type}: ${reasonOf(validator.Errors(value), value)}`;
  const attribute = keyedBy.get(contract.topic) ?? '';
  if (keyOf(value, contract.topic) === null) {
    const path = attribute === 'visitid' ? '/visitid' : `/data/${attribute}`;
    return `${type}: expected a key for its topic, found nothing at ${path}`;
  }
  return null;
}

function keyOf(event: { readonly [name: string]: unknown } | AnyEvent, topic: string): string | null {
  const attribute = keyedBy.get(topic) ?? '';
  const holder: unknown = attribute === 'visitid' ? event : event.data;
  const key = isObject(holder) ? holder[attribute] : undefined;
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

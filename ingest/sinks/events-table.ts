import type { StoreEvent } from '../events/envelope.ts';
import type { Position } from '../log/event-log.ts';
import { dataText } from './data-text.ts';

/** The table of every event; its columns are made by analytics/migrations/0001-events.sql. */
export const EVENTS_TABLE = 'events';

/**
 * Grows with every change of what an event's row is. It is noted before each insert, so that a batch which another release
 * had begun is recognised.
 */
export const EVENTS_SCHEMA = 2;

/** `inserted_at` is left out: ClickHouse fills it in. */
export const EVENTS_COLUMNS = [
  'event_id',
  'type',
  'version',
  'store_id',
  'visit_id',
  'subject_key',
  'source',
  'subject',
  'time',
  'recorded_time',
  'topic',
  'partition',
  'offset',
  'data',
  'extensions',
] as const satisfies readonly (keyof EventsRow)[];

/** A row of it, times as they were said. */
export interface EventsRow {
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly store_id: string;
  readonly visit_id: string | null;
  readonly subject_key: string | null;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly recorded_time: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly data: string;
  readonly extensions: string;
}

/**
 * An event as a row. The same event at the same place of the log gives the same row, whenever it is asked: a batch that
 * is tried again must have the same rows.
 * @param text the JSON that the event was read from, where there is one: its data need not be written again
 */
export function eventsRow(
  event: StoreEvent,
  { topic, partition, offset }: Position,
  text?: string,
): EventsRow {
  const names = Object.keys(event);
  return {
    event_id: event.id,
    type: event.type,
    version: versionOf(event.dataschema),
    store_id: event.storeid,
    visit_id: event.visitid ?? null,
    subject_key: subjectKeyOf(event.data),
    source: event.source,
    subject: event.subject,
    time: event.time,
    recorded_time: event.recordedtime,
    topic,
    partition,
    offset,
    data: text === undefined ? JSON.stringify(event.data) : dataText(event, text, names),
    extensions: extensionsOf(event, names),
  };
}

/** `urn:smart-store:visit.started:1` → 1 */
function versionOf(dataschema: string): number {
  return Number(dataschema.slice(dataschema.lastIndexOf(':') + 1));
}

/** Every attribute of the envelope that has a column, or is the same in every event. */
const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set<keyof StoreEvent>([
  'specversion',
  'id',
  'type',
  'source',
  'subject',
  'time',
  'recordedtime',
  'datacontenttype',
  'dataschema',
  'storeid',
  'visitid',
  'data',
]);

/** Attributes that a newer release or another producer added to the envelope, as one JSON object; '' for none. */
function extensionsOf(event: StoreEvent, names: readonly string[]): string {
  const unknown = names.filter((name) => !KNOWN_ATTRIBUTES.has(name));
  if (unknown.length === 0) return '';
  const attributes = event as StoreEvent & Readonly<Record<string, unknown>>;
  return JSON.stringify(Object.fromEntries(unknown.map((name) => [name, attributes[name]])));
}

function subjectKeyOf(data: unknown): string | null {
  const holdsKey = typeof data === 'object' && data !== null && 'subjectKey' in data;
  return holdsKey && typeof data.subjectKey === 'string' ? data.subjectKey : null;
}

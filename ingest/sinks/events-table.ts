import type { StoreEvent } from '../events/envelope.ts';
import type { Position } from '../log/event-log.ts';

/** The table of every event; its columns are made by analytics/migrations/0001-events.sql. */
export const EVENTS_TABLE = 'events';

/** In the order of {@link eventsRow}. `inserted_at` is left out: ClickHouse fills it in. */
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
] as const;

export type EventsRow = readonly (string | number | null)[];

/**
 * An event as a row. The same event at the same place of the log gives the same row, whenever it is asked: a batch that
 * is tried again must have the same bytes.
 */
export function eventsRow(event: StoreEvent, origin: Position): EventsRow {
  return [
    event.id,
    event.type,
    Number(event.dataschema.slice(event.dataschema.lastIndexOf(':') + 1)),
    event.storeid,
    event.visitid ?? null,
    subjectKeyOf(event.data),
    event.source,
    event.subject,
    event.time,
    event.recordedtime,
    origin.topic,
    origin.partition,
    origin.offset,
    JSON.stringify(event.data),
    extensionsOf(event),
  ];
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
function extensionsOf(event: StoreEvent): string {
  const names = Object.keys(event).filter((name) => !KNOWN_ATTRIBUTES.has(name));
  if (names.length === 0) return '';
  const attributes = event as StoreEvent & Readonly<Record<string, unknown>>;
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, attributes[name]])));
}

function subjectKeyOf(data: unknown): string | null {
  const holdsKey = typeof data === 'object' && data !== null && 'subjectKey' in data;
  return holdsKey && typeof data.subjectKey === 'string' ? data.subjectKey : null;
}

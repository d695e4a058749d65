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
  ];
}

function subjectKeyOf(data: unknown): string | null {
  const holdsKey = typeof data === 'object' && data !== null && 'subjectKey' in data;
  return holdsKey && typeof data.subjectKey === 'string' ? data.subjectKey : null;
}

import { describe } from '../events/reason.ts';
import { EVENTS_COLUMNS, type EventsRow } from './events-table.ts';
import {
  blockHead,
  columnHead,
  dateTime64MsColumn,
  lowCardinalityColumn,
  nullableUuidColumn,
  stringColumn,
  uint16Column,
  uint64Column,
  uuidColumn,
} from './native-columns.ts';
import { utcMs } from './utc-ms.ts';

/** Rows of the events table as one block of ClickHouse's Native format. Its memory is kept for the next block. */
export interface EventsBlock {
  readonly rows: number;
  /** @returns why the table can't hold the row, which then was not added; null when it is in the block */
  add(row: EventsRow): string | null;
  /** The block as the body of an insert; a copy, so the block can be used again. */
  toBuffer(): Buffer;
  clear(): void;
}

const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/**
 * A block of events, encoded while they are added. The same events at the same places of the log give the same bytes.
 * What a column can't hold is refused here, one event at a time, before ClickHouse is asked.
 */
export function createEventsBlock(): EventsBlock {
  const columns = {
    event_id: uuidColumn(),
    type: lowCardinalityColumn(),
    version: uint16Column(),
    store_id: lowCardinalityColumn(),
    visit_id: nullableUuidColumn(),
    subject_key: nullableUuidColumn(),
    source: lowCardinalityColumn(),
    subject: stringColumn(),
    time: dateTime64MsColumn(),
    recorded_time: dateTime64MsColumn(),
    topic: lowCardinalityColumn(),
    partition: uint16Column(),
    offset: uint64Column(),
    data: stringColumn(),
    extensions: stringColumn(),
  } satisfies Record<keyof EventsRow, unknown>;
  const named = EVENTS_COLUMNS.map((name) => ({
    head: columnHead(name, columns[name].type),
    column: columns[name],
  }));
  let rows = 0;

  return {
    get rows() {
      return rows;
    },
    add(row) {
      const timeMs = utcMs(row.time);
      if (timeMs === null) return noTime(row.time, '/time');
      const recordedMs = utcMs(row.recorded_time);
      if (recordedMs === null) return noTime(row.recorded_time, '/recordedtime');
      if (row.subject_key !== null && !UUID.test(row.subject_key)) {
        return `expected a UUID, found ${describe(row.subject_key)} at /data/subjectKey`;
      }
      columns.event_id.add(row.event_id);
      columns.type.add(row.type);
      columns.version.add(row.version);
      columns.store_id.add(row.store_id);
      columns.visit_id.add(row.visit_id);
      columns.subject_key.add(row.subject_key);
      columns.source.add(row.source);
      columns.subject.add(row.subject);
      columns.time.add(timeMs);
      columns.recorded_time.add(recordedMs);
      columns.topic.add(row.topic);
      columns.partition.add(row.partition);
      columns.offset.add(row.offset);
      columns.data.add(row.data);
      columns.extensions.add(row.extensions);
      rows += 1;
      return null;
    },
    toBuffer() {
      return Buffer.concat([
        blockHead(named.length, rows),
        ...named.flatMap(({ head, column }) => [head, ...column.bytes()]),
      ]);
    },
    clear() {
      rows = 0;
      for (const { column } of named) column.clear();
    },
  };
}

function noTime(value: string, path: string): string {
  return `expected a time of the calendar from 1900 to 2299, found ${describe(value)} at ${path}`;
}

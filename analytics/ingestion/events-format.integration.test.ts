import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { refusesRows } from '../../ingest/clickhouse/error-kinds.ts';
import { EVENT_CONTRACTS } from '../../ingest/events/registry.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { createEventsBlock } from '../../ingest/sinks/events-block.ts';
import { insertEvents } from '../../ingest/sinks/events-insert.ts';
import { EVENTS_TABLE, eventsRow, type EventsRow } from '../../ingest/sinks/events-table.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';

const logger = createLogger('test', 'silent');
const origin = { topic: 'store.presence.v1', partition: 3, offset: 417 };
const row = eventsRow(VisitStarted.example, origin);

const EDGES: readonly [string, Partial<EventsRow>][] = [
  ['the first and the last time that the column holds', edge('1900-01-01T00:00:00.000Z')],
  ['the last time', edge('2299-12-31T23:59:59.999Z')],
  ['a moment before 1970', edge('1969-12-31T23:59:59.999Z')],
  ['the largest offset that a number holds', { offset: Number.MAX_SAFE_INTEGER, partition: 65_535 }],
  ['the first offset', { offset: 0, partition: 0, version: 65_535 }],
  [
    'UUIDs of every digit',
    {
      event_id: '01234567-89ab-7def-8123-456789abcdef',
      subject_key: 'fedcba98-7654-8210-bfed-cba987654321',
    },
  ],
  ['a subject key in capitals', { subject_key: 'FEDCBA98-7654-8210-BFED-CBA987654321' }],
  ['nobody known', { visit_id: null, subject_key: null }],
  ['letters of two, three and four bytes', { subject: 'Größe 38 · 寸法 · 👗', source: '/stores/Köln' }],
  ['accents in a short text', { subject: 'é'.repeat(23), source: 'x'.repeat(24) }],
  ['text at the step from one byte of length to two', { subject: 'x'.repeat(127), data: 'y'.repeat(128) }],
  ['text whose length grows over that step', { subject: 'é'.repeat(100), data: 'é'.repeat(9_000) }],
  ['text at the step to three bytes', { subject: 'x'.repeat(16_383), data: 'y'.repeat(16_384) }],
  ['a large value', { data: JSON.stringify({ text: 'ü'.repeat(400_000) }) }],
  ['quotes, backslashes, zero and line ends', { subject: `"'\\\t\0\n\r`, data: '{"a":"\\u0000\\n"}' }],
  ['nothing but what has to be', { subject: '', data: '{}', extensions: '' }],
  ['extensions', { extensions: '{"traceparent":"00-1"}' }],
];

function edge(time: string): Partial<EventsRow> {
  return { time, recorded_time: time };
}

describe('events in the format that the sink sends', () => {
  let dir: string;
  let engine: ClickHouseEngine;
  let client: ClickHouseClient;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-format-'));
    engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
    const address = { url: engine.url, database: 'format' };
    await applyMigrations(address);
    client = connectClickHouse(address);
  });
  afterAll(async () => {
    await client.close();
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });

  const storedRows = async (): Promise<readonly unknown[]> => {
    const query = `SELECT * EXCEPT inserted_at FROM ${EVENTS_TABLE} ORDER BY ALL`;
    return (await client.query({ query, format: 'JSONEachRow' })).json();
  };
  const storedBy = async (insert: () => Promise<unknown>): Promise<readonly unknown[]> => {
    await client.command({ query: `TRUNCATE TABLE ${EVENTS_TABLE}` });
    await insert();
    return storedRows();
  };
  /** As text that ClickHouse reads by itself: another way to the same rows. */
  const asJson = (rows: readonly EventsRow[]) =>
    storedBy(() => client.insert({ table: EVENTS_TABLE, values: rows, format: 'JSONEachRow' }));
  const asBlock = (rows: readonly EventsRow[]) =>
    storedBy(() => insertEvents(client, bodyOf(rows), newToken()));

  test.each(EVENT_CONTRACTS.map(({ type, example }) => [type, example] as const))(
    'the example of %s is stored as it is as JSON',
    async (_type, event) => {
      const rows = [eventsRow(event, origin)];
      const expected = await asJson(rows);
      expect(expected).toHaveLength(1);
      expect(await asBlock(rows)).toEqual(expected);
    },
  );

  test.each(EDGES)('%s', async (_what, values) => {
    const rows = [{ ...row, ...values }];
    const expected = await asJson(rows);
    expect(expected).toHaveLength(1);
    expect(await asBlock(rows)).toEqual(expected);
  });

  test('thousands of rows of every kind in one block, more sources than one byte can number', async () => {
    const rows = EDGES.flatMap(([, values], kind) =>
      Array.from({ length: 200 }, (_, index) => ({
        ...row,
        ...values,
        offset: 1_000 * kind + index,
        source: `/stores/${kind}/cameras/${index}`,
        data: '{}',
      })),
    );
    const expected = await asJson(rows);
    expect(expected).toHaveLength(rows.length);
    expect(await asBlock(rows)).toEqual(expected);
  });

  test('a half of a letter becomes the sign for an unreadable letter, as everywhere in UTF-8', async () => {
    await asBlock([{ ...row, subject: 'a\ud83d' }]);
    expect(await storedRows()).toMatchObject([{ subject: 'a\ufffd' }]);
  });

  test('a block that was cut off on its way stores nothing and says nothing about its rows', async () => {
    const body = bodyOf([row, row]);
    for (const length of [3, body.length >> 1, body.length - 1]) {
      const refusal = await insertEvents(client, body.subarray(0, length), newToken()).catch(
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(Error);
      expect(refusesRows(refusal)).toBe(false);
    }
    await client.command({ query: `TRUNCATE TABLE ${EVENTS_TABLE}` });
    expect(await storedRows()).toEqual([]);
  });

  test('a row that a constraint of the table forbids is the fault of the row', async () => {
    await client.command({
      query: `ALTER TABLE ${EVENTS_TABLE} ADD CONSTRAINT no_test_stores CHECK store_id != 'forbidden'`,
    });
    await client.command({ query: `TRUNCATE TABLE ${EVENTS_TABLE}` });
    const body = bodyOf([row, { ...row, store_id: 'forbidden' }]);
    const refusal = await insertEvents(client, body, newToken()).catch((error: unknown) => error);
    expect(refusesRows(refusal)).toBe(true);
    expect(await storedRows()).toEqual([]);
  });
});

let tokens = 0;
const newToken = (): string => `format:${(tokens += 1)}`;

function bodyOf(rows: readonly EventsRow[]): Buffer {
  const block = createEventsBlock();
  for (const one of rows) expect(block.add(one)).toBeNull();
  return block.toBuffer();
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { listDeadLetters } from '../../ingest/dead-letters/dead-letters.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import type { NewRecord } from '../../ingest/log/event-log.ts';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { shopDay } from './shop-day.ts';
import type { Death, SinkProcessOrders } from './sink.fixture.ts';

const logger = createLogger('test', 'silent');
const TOPICS = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
const VISITS = 24;

/**
 * The log is cut into batches of another size at each start, and those into inserts, several where one commit ends the
 * first and announces the second: only what was announced says what a batch was.
 */
const SIZES = [
  { maxRecords: 8, maxRows: 3 },
  { maxRecords: 5, maxRows: 5 },
  { maxRecords: 13, maxRows: 4 },
  { maxRecords: 7, maxRows: 7 },
];

/** Every step, and who dies there: in successive starts, at the how-manieth occurrence, how much later. */
const DEATHS: readonly (Pick<Death, 'step' | 'of'> & {
  starts: readonly { time: number; delayMs?: number }[];
})[] = [
  { of: 'sink', step: 'before-intent', starts: [{ time: 1 }, { time: 3 }] },
  { of: 'sink', step: 'after-intent', starts: [{ time: 1 }, { time: 3 }] },
  { of: 'sink', step: 'inserting', starts: [{ time: 1 }, { time: 2, delayMs: 4 }, { time: 1, delayMs: 12 }] },
  { of: 'ClickHouse', step: 'inserting', starts: [{ time: 2 }] },
  { of: 'ClickHouse', step: 'inserting', starts: [{ time: 1, delayMs: 5 }] },
  { of: 'both', step: 'inserting', starts: [{ time: 2, delayMs: 5 }] },
  { of: 'sink', step: 'after-insert', starts: [{ time: 1 }, { time: 3 }] },
  { of: 'both', step: 'after-insert', starts: [{ time: 2 }] },
  { of: 'sink', step: 'before-dead-letter', starts: [{ time: 1 }, { time: 2 }] },
  { of: 'sink', step: 'after-dead-letter', starts: [{ time: 1 }, { time: 2 }] },
  { of: 'sink', step: 'after-commit', starts: [{ time: 1 }, { time: 3 }] },
];

describe('every event is in ClickHouse exactly once', { timeout: 300_000 }, () => {
  let dir: string;
  let engine: ClickHouseEngine;
  let scenario = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-exactly-once-'));
    engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
  });
  afterAll(async () => {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });

  test('nobody dies', () => prove([]));

  test.each(DEATHS)('$of killed at $step', ({ step, of, starts }) =>
    prove(starts.map(({ time, delayMs = 0 }) => ({ step, of, time, delayMs }))),
  );

  async function prove(deaths: readonly Omit<Death, 'clickHousePid'>[]): Promise<void> {
    scenario += 1;
    const database = `exactly_once_${scenario}`;
    const logPath = join(dir, `log-${scenario}.db`);
    await applyMigrations({ url: engine.url, database });
    const client = connectClickHouse({ url: engine.url, database });
    await client.command({
      query: `ALTER TABLE events ADD CONSTRAINT known_stores CHECK store_id != '${REFUSED_STORE}'`,
    });
    const events = shopDay(VISITS, new Date('2026-11-22T08:50:00.000Z'));
    await acknowledge(logPath, [
      ...events.slice(0, 20).map(eventRecord),
      undecodable('not an event'),
      eventRecord(refusedByClickHouse()),
      ...events.slice(20, 30).map(eventRecord),
      eventRecord(withoutCalendar()),
      ...events.slice(30).map(eventRecord),
      undecodable('nor this'),
    ]);

    const orders = { logPath, url: engine.url, database, topics: TOPICS };
    for (const [start, death] of deaths.entries()) {
      const clickHousePid = await enginePid();
      expect(await runSink({ ...orders, ...SIZES[start]!, death: { ...death, clickHousePid } })).toEqual(
        death.of === 'ClickHouse' ? { status: 0, signal: null } : { status: null, signal: 'SIGKILL' },
      );
    }
    await enginePid();
    expect(await runSink({ ...orders, ...SIZES[deaths.length]! })).toEqual({
      status: 0,
      signal: null,
    });

    try {
      await expectEverythingOnce(client, events);
    } finally {
      await client.close();
    }
    expect(await deadLettersOf(logPath)).toEqual([
      expect.stringMatching(/^ClickHouse VIOLATED_CONSTRAINT/),
      expect.stringMatching(/^expected JSON/),
      expect.stringMatching(/^expected JSON/),
      expect.stringMatching(/^expected a time of the calendar/),
    ]);
  }

  /** The engine's process, once it answers again. */
  async function enginePid(): Promise<number> {
    await vi.waitFor(async () => expect((await fetch(`${engine.url}/ping`)).ok).toBe(true), {
      timeout: 60_000,
      interval: 50,
    });
    return engine.pid()!;
  }
});

async function expectEverythingOnce(client: ClickHouseClient, events: readonly AnyEvent[]): Promise<void> {
  const ids = await rows<{ event_id: string }>(
    client,
    'SELECT event_id FROM events ORDER BY toString(event_id)',
  );
  expect(ids.map(({ event_id }) => event_id)).toEqual(events.map(({ id }) => id).sort());

  const of = (type: string) => events.filter((event) => event.type === type).length;
  const started = of('visit.started');
  const identified = of('visit.identified');
  expect(
    await rows(
      client,
      `SELECT sum(events) AS events, uniqExactMerge(started) AS started, uniqExactMerge(identified) AS identified
       FROM visits_quarter_hourly`,
    ),
  ).toEqual([{ events: started + identified, started, identified }]);
  expect(
    await rows(
      client,
      `SELECT count() AS visits, countIf(s IS NOT NULL) AS started, countIf(i IS NOT NULL) AS identified,
         countIf(e IS NOT NULL) AS ended
       FROM (SELECT min(started_at) AS s, min(identified_at) AS i, max(ended_at) AS e FROM visits GROUP BY visit_id)`,
    ),
  ).toEqual([{ visits: started, started, identified, ended: of('visit.ended') }]);
  expect(await rows(client, 'SELECT toString(state) AS state FROM camera_events ORDER BY time')).toEqual([
    { state: 'connected' },
    { state: 'lost' },
    { state: 'recovered' },
  ]);
}

async function rows<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  return (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

const REFUSED_STORE = 'no-store-of-ours';

/** Right by its contract, but the table has a constraint against it: only ClickHouse knows. */
function refusedByClickHouse(): AnyEvent {
  return { ...anyEvent(), storeid: REFUSED_STORE };
}

/** Right by its contract, but there is no thirteenth month: no column can hold it. */
function withoutCalendar(): AnyEvent {
  return { ...anyEvent(), time: '2026-13-22T09:05:00.000Z' };
}

const anyEvent = (): AnyEvent => shopDay(1, new Date('2026-11-22T09:05:00.000Z'))[2]!;

function undecodable(text: string): NewRecord {
  return { topic: 'store.presence.v1', key: text, value: Buffer.from(text) };
}

async function acknowledge(logPath: string, records: readonly NewRecord[]): Promise<void> {
  const log = openEmbeddedLog({ path: logPath, logger });
  await log.append(records);
  await log.close();
}

async function deadLettersOf(logPath: string): Promise<readonly string[]> {
  const log = openEmbeddedLog({ path: logPath, logger });
  const letters = await listDeadLetters(log);
  await log.close();
  return letters.map(({ reason }) => reason).sort();
}

async function runSink(
  orders: SinkProcessOrders,
): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
  const child = startChild(new URL('./sink.fixture.ts', import.meta.url), [JSON.stringify(orders)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'exit');
  return { status: child.exitCode, signal: child.signalCode };
}

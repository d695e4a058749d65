import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { Fate } from '../../ingest/fate.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { startClickHouseSink, type ClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { shopDay } from './shop-day.ts';

const logger = createLogger('test', 'silent');
const PATIENCE = { timeout: 60_000, interval: 50 };
const topics = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
const events = shopDay(10, new Date('2026-11-22T09:00:00.000Z'));

describe('the sink', () => {
  let dir: string;
  let engine: ClickHouseEngine;
  let client: ClickHouseClient;
  let log: EmbeddedLog;
  let address: { url: string; database: string };
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-sink-'));
    engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
  });
  afterAll(async () => {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    count += 1;
    address = { url: engine.url, database: `sink_${count}` };
    log = openEmbeddedLog({ path: join(dir, `log-${count}.db`), logger });
    client = connectClickHouse(address);
    return async () => {
      await log.close();
      await client.close();
    };
  });

  const start = (onFate?: (fate: Fate) => void): Promise<ClickHouseSink> =>
    startClickHouseSink({
      log,
      client,
      logger,
      topics,
      batch: { maxWaitMs: 20 },
      ...(onFate ? { onFate: (_record, fate) => onFate(fate) } : {}),
    });
  const stored = async (): Promise<number | undefined> => {
    const answer = await client.query({ query: 'SELECT count() AS n FROM events', format: 'JSONEachRow' });
    return (await answer.json<{ n: number }>())[0]?.n;
  };

  test('tells the fate of every record and counts what it did', async () => {
    await applyMigrations(address);
    const fates: Fate[] = [];
    const sink = await start((fate) => fates.push(fate));
    await log.append([...events.map(eventRecord), { topic: topics[0]!, key: 'k', value: Buffer.from('{}') }]);
    await vi.waitFor(() => expect(fates).toHaveLength(events.length + 1), PATIENCE);

    expect(fates.filter(({ kind }) => kind === 'ok')).toHaveLength(events.length);
    expect(await stored()).toBe(events.length);
    await vi.waitFor(async () => expect((await sink.metrics()).oldestPendingMs).toBeNull(), PATIENCE);
    expect(await sink.metrics()).toMatchObject({
      rows: events.length,
      deadLetters: 1,
      retries: 0,
      lag: 0,
      lastError: null,
    });
    await sink.close();
    await expect(sink.closed).resolves.toBeUndefined();
  });

  test('waits for tables that are not there yet, says so, and then stores everything', async () => {
    const sink = await start();
    await log.append(events.map(eventRecord));
    await vi.waitFor(async () => expect((await sink.metrics()).retries).toBeGreaterThan(0), PATIENCE);
    const waiting = await sink.metrics();
    expect(waiting).toMatchObject({ rows: 0, deadLetters: 0, lag: events.length });
    expect(waiting.lastError?.reason).toMatch(/^ClickHouse UNKNOWN_(DATABASE|TABLE)/);
    expect(waiting.oldestPendingMs).toBeGreaterThan(0);

    await applyMigrations(address);
    await vi.waitFor(async () => expect((await sink.metrics()).lag).toBe(0), PATIENCE);
    expect(await stored()).toBe(events.length);
    expect((await sink.metrics()).lastError).toBeNull();
    await sink.close();
  });

  test('closes while it waits for ClickHouse, and the next start stores what was left', async () => {
    await log.append(events.map(eventRecord));
    const first = await start();
    await vi.waitFor(async () => expect((await first.metrics()).retries).toBeGreaterThan(0), PATIENCE);
    await first.close();

    await applyMigrations(address);
    const second = await start();
    await vi.waitFor(async () => expect((await second.metrics()).lag).toBe(0), PATIENCE);
    expect(await stored()).toBe(events.length);
    await second.close();
  });

  test('ends, and says so, when the event log fails', async () => {
    await applyMigrations(address);
    const failing = { ...log, append: () => Promise.reject(new Error('the disk is full')) };
    const sink = await startClickHouseSink({ log: failing, client, logger, topics });
    const ended = expect(sink.closed).rejects.toThrow('the disk is full');
    await log.append([{ topic: topics[0]!, key: 'k', value: Buffer.from('no event') }]);
    await ended;
    await sink.close();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { applyRetention, planRetention } from './retention.ts';

const TABLES = ['events', 'visits', 'visits_quarter_hourly', 'floor_events', 'floor_heat', 'camera_events'];

describe('how long ClickHouse keeps events', () => {
  let dataDir: string;
  let engine: ClickHouseEngine;
  let client: ClickHouseClient;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'smart-store-retention-'));
    engine = await startClickHouse({ dataDir, logger: createLogger('test', 'silent') });
    await applyMigrations({ url: engine.url, database: 'shop' });
    client = connectClickHouse({ url: engine.url, database: 'shop' });
  });
  afterAll(async () => {
    await client.close();
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('the first start sets it for every table, a restart changes nothing, another number does', async () => {
    expect(await applyRetention(client, { eventDays: 400 })).toEqual(TABLES);
    expect(await applyRetention(client, { eventDays: 400 })).toEqual([]);
    expect(await applyRetention(client, { eventDays: 40 })).toEqual(TABLES);
  });

  test('an event past it goes, one within it stays', async () => {
    await applyRetention(client, { eventDays: 30 });
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const cameraEvent = (days: number, camera_id: string) => ({
      store_id: 'demo',
      camera_id,
      time: daysAgo(days),
      event_id: crypto.randomUUID(),
      state: 'lost',
    });
    await client.insert({
      table: 'camera_events',
      values: [cameraEvent(31, 'old'), cameraEvent(29, 'young')],
      format: 'JSONEachRow',
    });
    await client.command({ query: 'OPTIMIZE TABLE camera_events FINAL' });
    const answer = await client.query({
      query: 'SELECT camera_id FROM camera_events',
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([{ camera_id: 'young' }]);
  });

  test('events of cameras and of members may go at another time than visits', async () => {
    const retention = { eventDays: 30, operationsDays: 10, membershipDays: 90 };
    expect(await planRetention(client, retention)).toHaveLength(2);
    expect(await applyRetention(client, retention)).toEqual(['events', 'camera_events']);
    expect(await planRetention(client, retention)).toEqual([]);
    const event = (topic: string, days: number) => ({
      event_id: crypto.randomUUID(),
      store_id: 'demo',
      time: new Date(Date.now() - days * 86_400_000).toISOString(),
      topic: `store.${topic}.v1`,
      offset: days,
    });
    const told = [9, 11, 29, 31, 89, 91];
    await client.insert({
      table: 'events',
      values: ['presence', 'operations', 'membership'].flatMap((topic) =>
        told.map((days) => event(topic, days)),
      ),
      format: 'JSONEachRow',
    });
    await client.command({ query: 'OPTIMIZE TABLE events FINAL' });
    const answer = await client.query({
      query: 'SELECT topic, groupArraySorted(9)(offset) AS days FROM events GROUP BY topic ORDER BY topic',
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([
      { topic: 'store.membership.v1', days: [9, 11, 29, 31, 89] },
      { topic: 'store.operations.v1', days: [9] },
      { topic: 'store.presence.v1', days: [9, 11, 29] },
    ]);
  });

  test.each([0, -1, 1.5, NaN])('%s days is refused', async (days) => {
    await expect(applyRetention(client, { eventDays: days })).rejects.toThrow(
      expect.objectContaining({ code: 'retention.days' }),
    );
  });
});

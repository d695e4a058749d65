import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { listDeadLetters, replayDeadLetters } from '../../ingest/dead-letters/dead-letters.ts';
import { createCodec, type Codec } from '../../ingest/events/codec.ts';
import { defineEvent, earlierVersion } from '../../ingest/events/envelope.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { TOPICS } from '../../ingest/topics.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';

// Two releases of one shop: the second tells of a coat's return in seconds instead of minutes.
const V1 = Type.Object({ cameraId: Type.String(), minutes: Type.Integer() });
const V2 = Type.Object({ cameraId: Type.String(), seconds: Type.Integer() });
const common = {
  type: 'coat.returned',
  topic: 'store.operations.v1',
  description: 'A coat came back.',
} as const;
const facts = { source: '/s', subject: 'coat', time: new Date('2026-11-22T09:00:00.000Z'), storeId: 'demo' };
const first = defineEvent({
  ...common,
  version: 1,
  data: V1,
  example: { ...facts, data: { cameraId: 'rail', minutes: 12 } },
});
const second = defineEvent({
  ...common,
  version: 2,
  earlier: [earlierVersion(V1, V2, ({ minutes, ...rest }) => ({ ...rest, seconds: minutes * 60 }))],
  data: V2,
  example: { ...facts, data: { cameraId: 'rail', seconds: 700 } },
});
const release1 = createCodec([first, VisitStarted], TOPICS);
const release2 = createCodec([second, VisitStarted], TOPICS);

const logger = createLogger('test', 'silent');
const PATIENCE = { timeout: 60_000, interval: 50 };
const topics = ['store.presence.v1', 'store.operations.v1'];

let dir: string;
let engine: ClickHouseEngine;
let client: ClickHouseClient;
let log: EmbeddedLog;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'smart-store-versions-'));
  engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
  const address = { url: engine.url, database: 'versions' };
  await applyMigrations(address);
  client = connectClickHouse(address);
  log = openEmbeddedLog({ path: join(dir, 'events.db'), logger });
});
afterAll(async () => {
  await log.close();
  await client.close();
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});

/** Runs the sink of a release until it has read everything. */
async function sinkOf({ decode }: Pick<Codec, 'decode'>): Promise<void> {
  const sink = await startClickHouseSink({ log, client, logger, topics, decode, batch: { maxWaitMs: 10 } });
  await vi.waitFor(async () => expect((await sink.metrics()).lag).toBe(0), PATIENCE);
  await sink.close();
}

async function rows(): Promise<unknown[]> {
  const answer = await client.query({
    query: `SELECT toString(event_id) AS id, version, data, extensions FROM events WHERE type = 'coat.returned' ORDER BY version`,
    format: 'JSONEachRow',
  });
  return answer.json();
}

test('what a newer release wrote waits as a dead letter, and is stored once after the update, by replay', async () => {
  await log.append([release1.eventRecord(first.example), release2.eventRecord(second.example)]);
  await sinkOf(release1);
  expect(await listDeadLetters(log)).toMatchObject([
    { reason: 'expected coat.returned of version 1, found version 2: a newer release wrote it' },
  ]);
  const old = { id: first.example.id, version: 1, data: JSON.stringify(first.example.data), extensions: '' };
  expect(await rows()).toEqual([old]);

  // Replayed too early, it comes back as a letter of its own.
  await replayDeadLetters(log, 'all');
  await sinkOf(release1);
  expect((await listDeadLetters(log)).map(({ replayedAtMs }) => replayedAtMs === null)).toEqual([
    false,
    true,
  ]);

  await replayDeadLetters(log, 'all');
  await sinkOf(release2);
  await replayDeadLetters(log, 'all');
  await sinkOf(release2);
  const fresh = {
    id: second.example.id,
    version: 2,
    data: JSON.stringify(second.example.data),
    extensions: '',
  };
  expect(await rows()).toEqual([old, fresh]);

  // The newer release reads the row that the older one stored.
  const stored = release2.currentData('coat.returned', 1, JSON.parse(old.data));
  expect(stored).toEqual({ cameraId: 'rail', seconds: 720 });
});

test('what this release has no name for is kept, in the envelope and in the data', async () => {
  const event = { ...VisitStarted.example, shelf: 'x', data: { ...VisitStarted.example.data, groupSize: 2 } };
  await log.append([release2.eventRecord(event)]);
  await sinkOf(release2);
  const answer = await client.query({
    query: `SELECT JSONExtractInt(data, 'groupSize') AS groupSize, extensions FROM events WHERE type = 'visit.started'`,
    format: 'JSONEachRow',
  });
  expect(await answer.json()).toEqual([{ groupSize: 2, extensions: '{"shelf":"x"}' }]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { listDeadLetters } from '../../ingest/dead-letters/dead-letters.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { Fate } from '../../ingest/fate.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { PartitionLost, type Batch, type Consumer, type EventLog } from '../../ingest/log/event-log.ts';
import { SINK_GROUP, startClickHouseSink, type ClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { shopDay } from './shop-day.ts';

const logger = createLogger('test', 'silent');
const PATIENCE = { timeout: 60_000, interval: 50 };
const topics = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
const events = shopDay(10, new Date('2026-11-22T09:00:00.000Z'));
/** Three, in one partition. */
const cameraEvents = events.filter(({ type }) => type.startsWith('camera.'));

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

  test('leaves a batch in peace whose partition has moved, and whoever has it now stores it once', async () => {
    await applyMigrations(address);
    await log.append(cameraEvents.map(eventRecord));
    const moving: EventLog = {
      ...log,
      consume: (options) =>
        log.consume({
          ...options,
          onBatch: (batch) =>
            options.onBatch({
              ...batch,
              commit: async (nextOffset, metadata = '') => {
                if (metadata === '') throw new PartitionLost('the partition has moved');
                await batch.commit(nextOffset, metadata);
              },
            }),
        }),
    };
    const late = await startClickHouseSink({ log: moving, client, logger, topics });
    await vi.waitFor(async () => expect((await late.metrics()).partitionsLost).toBe(1), PATIENCE);
    expect(await late.metrics()).toMatchObject({ batches: 0, lag: cameraEvents.length });
    expect(await stored()).toBe(cameraEvents.length);
    await late.close();
    await expect(late.closed).resolves.toBeUndefined();

    const next = await start();
    await vi.waitFor(async () => expect((await next.metrics()).lag).toBe(0), PATIENCE);
    expect(await stored()).toBe(cameraEvents.length);
    await next.close();
  });

  test('one that wakes after its partition has moved is told so before it inserts', async () => {
    await applyMigrations(address);
    await log.append(cameraEvents.map(eventRecord));
    let intents = 0;
    const moving: EventLog = {
      ...log,
      consume: (options) =>
        log.consume({
          ...options,
          onBatch: (batch) =>
            options.onBatch({
              ...batch,
              commit: async (nextOffset, metadata) => {
                intents += 1;
                if (intents > 1) throw new PartitionLost('the partition has moved');
                await batch.commit(nextOffset, metadata);
              },
            }),
        }),
    };
    const sleeper = await startClickHouseSink({
      log: moving,
      client,
      logger,
      topics,
      batch: { intentHoldsMs: 20 },
      at: async (step) => {
        if (step === 'after-intent') await sleep(60);
      },
    });
    await vi.waitFor(async () => expect((await sleeper.metrics()).partitionsLost).toBe(1), PATIENCE);
    expect(await stored()).toBe(0);
    await sleeper.close();
  });

  describe('after a release that ended in the middle of a batch', () => {
    const consumers: Consumer[] = [];
    const announce = async (note: string): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        const onBatch = (batch: Batch): Promise<void> => batch.commit(0, note).then(resolve, reject);
        log
          .consume({ group: SINK_GROUP, topics: ['store.operations.v1'], onBatch })
          .then((consumer) => void consumers.push(consumer), reject);
      });
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    };

    test.each([
      ['insert-through:1', 'that did not say what it left out'],
      [JSON.stringify({ through: 1, schema: 1, refused: [] }), 'that left nothing out'],
    ])('stores just what was announced, then the rest: %s, of one %s', async (note) => {
      await applyMigrations(address);
      await log.append(cameraEvents.map(eventRecord));
      await announce(note);
      const sink = await start();
      await vi.waitFor(async () => expect((await sink.metrics()).lag).toBe(0), PATIENCE);
      expect(await sink.metrics()).toMatchObject({ rows: 3, batches: 2, deadLetters: 0 });
      expect(await stored()).toBe(3);
      await sink.close();
    });

    test('leaves out what that one could not read, for its insert may be stored already', async () => {
      await applyMigrations(address);
      await log.append(cameraEvents.map(eventRecord));
      await announce(JSON.stringify({ through: 2, schema: 1, refused: [[1, 1]] }));
      const sink = await start();
      await vi.waitFor(async () => expect((await sink.metrics()).lag).toBe(0), PATIENCE);
      expect(await stored()).toBe(2);
      expect(await listDeadLetters(log)).toMatchObject([
        { id: 'store.operations.v1/0/1', reason: expect.stringMatching(/may be replayed/) as string },
      ]);
      await sink.close();
    });

    test('stops rather than losing what only that one could read', async () => {
      await applyMigrations(address);
      await log.append([
        eventRecord(cameraEvents[0]!),
        { topic: 'store.operations.v1', key: 'front-door', value: Buffer.from('{"of":"tomorrow"}') },
        eventRecord(cameraEvents[1]!),
      ]);
      await announce(JSON.stringify({ through: 2, schema: 9, refused: [] }));
      const sink = await start();
      await expect(sink.closed).rejects.toMatchObject({ code: 'sink.other-release' });
      expect(await stored()).toBe(0);
      expect(await listDeadLetters(log)).toEqual([]);
      await sink.close();
    });
  });
});

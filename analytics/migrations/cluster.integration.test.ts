import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import type { FaultPoint } from '../../ingest/sinks/fault-point.ts';
import { newId } from '../../runtime/ids.ts';
import { createLogger } from '../../runtime/logger.ts';
import { shopDay } from '../ingestion/shop-day.ts';
import { cameraStates } from '../queries/camera-states.ts';
import { cameraTimeline } from '../queries/camera-timeline.ts';
import { captureLatency } from '../queries/capture-latency.ts';
import { floorScript } from '../queries/floor-events.fixture.ts';
import { floorHeatMap } from '../queries/floor-heat-map.ts';
import { floorWatching } from '../queries/floor-watching.ts';
import { footfallToday } from '../queries/footfall-today.ts';
import { groupShare } from '../queries/group-share.ts';
import { lineCrossings } from '../queries/line-crossings.ts';
import { latestMoments } from '../queries/latest-moments.ts';
import { occupancyNow } from '../queries/occupancy-now.ts';
import { queueWaits } from '../queries/queue-waits.ts';
import { runQuery } from '../queries/query.ts';
import { recognisedShare } from '../queries/recognised-share.ts';
import { visitDurations } from '../queries/visit-durations.ts';
import { visitsByHour } from '../queries/visits-by-hour.ts';
import { queueLength, zoneOccupancy } from '../queries/zone-occupancy.ts';
import { zoneStays } from '../queries/zone-stays.ts';
import { zoneTransitions } from '../queries/zone-transitions.ts';
import { forCluster, notesOnCluster } from './cluster.ts';
import { applyMigrations, readMigrations } from './migrate.ts';
import { applyToBoth, startTwoShards, type TwoShards } from './two-shards.fixture.ts';

const logger = createLogger('test', 'silent');
const TOPICS = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
const FROM = new Date('2026-11-22T09:00:00.000Z');
const STORES = ['berlin', 'hamburg', 'leipzig', 'bremen', 'kassel', 'ulm'];
const VISITS = 12;

describe('tables that are spread over two servers', () => {
  let dir: string;
  let shards: TwoShards;
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-cluster-'));
    shards = await startTwoShards(dir, logger);
  });
  afterAll(async () => {
    await shards.close();
    await rm(dir, { recursive: true, force: true });
  });

  const connect = (shard: 0 | 1, database: string): ClickHouseClient =>
    connectClickHouse({ url: shards.engines[shard].url, database });

  test('every statement for a cluster is understood by ClickHouse', async () => {
    const target = { cluster: 'shops', database: 'smart_store' };
    const client = connect(0, 'default');
    const migrations = await readMigrations(new URL('./', import.meta.url));
    const statements = migrations.flatMap(({ statements }) => statements);
    for (const query of [
      ...notesOnCluster(target, '(number UInt32)'),
      ...statements.flatMap((statement) => forCluster(statement, target)),
    ]) {
      await client.command({ query: `EXPLAIN AST ${query}` });
    }
    await client.close();
  });

  test('events are counted once, each store on one server, also when a batch is sent again through the other one', async () => {
    const { database, path, events } = await newChain();
    await drain(path, database, 0, killedAfterInsert());
    await drain(path, database, 1);
    await expectEverythingOnce(database, events);

    const placed = await Promise.all(([0, 1] as const).map((shard) => storesOn(shard, database)));
    expect(placed.every((stores) => stores.length > 0)).toBe(true);
    expect(placed.flat().sort()).toEqual([...STORES].sort());
  });

  test('a server that is killed while it takes a batch gets the rest when it is back', async () => {
    const { database, path, events } = await newChain();
    let inserts = 0;
    const [, second] = shards.engines;
    await drain(path, database, 0, (step) => {
      if (step === 'inserting' && ++inserts === 1) process.kill(second.pid()!, 'SIGKILL');
    });
    expect(second.restarts()).toBe(1);
    await expectEverythingOnce(database, events);
  });

  test('every question has the same answer as on one server', async () => {
    const { database, path } = await newChain();
    await drain(path, database, 0);
    const one = `${database}_one`;
    await applyMigrations({ url: shards.engines[0].url, database: one });
    const copy = connect(0, one);
    await copy.command({ query: `INSERT INTO events SELECT * FROM ${database}.events` });
    const chain = connect(1, database);
    for (const storeId of STORES.slice(0, 3)) {
      expect(await answers(chain, storeId)).toEqual(await answers(copy, storeId));
    }
    await copy.close();
    await chain.close();
  });

  /** A database on both servers, and the day of several stores in a log. */
  async function newChain(): Promise<{ database: string; path: string; events: readonly AnyEvent[] }> {
    count += 1;
    const database = `chain_${count}`;
    await applyToBoth(shards, database);
    const events = STORES.flatMap((storeid) => [
      ...shopDay(VISITS, FROM).map((event) => ({ ...event, storeid })),
      ...onTheFloor(storeid),
    ]);
    const path = join(dir, `${database}.db`);
    const log = openEmbeddedLog({ path, logger });
    await log.append(events.map(eventRecord));
    await log.close();
    return { database, path, events };
  }

  /** Runs the sink against one of the servers until nothing is left, or until it is killed. */
  async function drain(path: string, database: string, shard: 0 | 1, at?: FaultPoint): Promise<void> {
    const log = openEmbeddedLog({ path, logger });
    const client = connect(shard, database);
    const sink = await startClickHouseSink({ log, client, logger, topics: TOPICS, ...(at ? { at } : {}) });
    const ended = sink.closed.then(
      () => true,
      () => true,
    );
    for (;;) {
      if (await Promise.race([ended, sink.metrics().then(({ lag }) => lag === 0)])) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await sink.close();
    await client.close();
    await log.close();
  }

  async function storesOn(shard: 0 | 1, database: string): Promise<readonly string[]> {
    const client = connect(shard, database);
    const stores = await rows<{ store_id: string }>(client, 'SELECT DISTINCT store_id FROM events_local');
    await client.close();
    return stores.map(({ store_id }) => store_id);
  }

  async function expectEverythingOnce(database: string, events: readonly AnyEvent[]): Promise<void> {
    for (const shard of [0, 1] as const) {
      const client = connect(shard, database);
      expect(await rows(client, COUNTS)).toEqual([
        {
          events: events.length,
          distinct: events.length,
          moments: events.filter(({ type }) => type === 'visit.started' || type === 'visit.identified')
            .length,
          visits: events.filter(({ type }) => type === 'visit.started').length,
          floor: events.filter(({ type }) => FLOOR_EVENTS.includes(type)).length,
          positions: events.filter(({ type }) => type === 'visit.position-sampled').length,
          cameras: events.filter(({ type }) => type.startsWith('camera.')).length,
        },
      ]);
      await client.close();
    }
  }
});

/** Those of {@link onTheFloor} that have a row of their own each. */
const FLOOR_EVENTS: readonly string[] = [
  'zone.entered',
  'zone.left',
  'queue.joined',
  'queue.left',
  'visit.excluded',
  'visit.grouped',
];

const COUNTS = `
SELECT
  (SELECT count() FROM events) AS events,
  (SELECT uniqExact(event_id) FROM events) AS distinct,
  (SELECT sum(events) FROM visits_quarter_hourly) AS moments,
  (SELECT uniqExactMerge(started) FROM visits_quarter_hourly) AS visits,
  (SELECT count() FROM floor_events WHERE type != 'visit.ended') AS floor,
  (SELECT sum(bitmapCardinality(seconds)) FROM floor_heat) AS positions,
  (SELECT count() FROM camera_events) AS cameras`;

/** The sink that dies when ClickHouse has the rows and the log doesn't know it yet. */
function killedAfterInsert(): FaultPoint {
  let inserts = 0;
  return (step) => {
    if (step === 'after-insert' && ++inserts === 2) throw new Error('killed here');
  };
}

/** Somebody who walks and waits, somebody who is staff, and a visit that was the first one's. */
function onTheFloor(storeId: string): readonly AnyEvent[] {
  const say = floorScript(storeId, '2026-11-22');
  const [anna, staff, twin] = [newId(), newId(), newId()];
  return [
    say.started(anna, '09:00'),
    say.started(twin, '09:00'),
    ...[anna, staff, twin].flatMap((visitId) => [
      say.at(visitId, '09:00:01', 1, 1),
      say.entered(visitId, '09:00', 'shelf'),
      say.left(visitId, '09:01', 'shelf', 60),
      say.entered(visitId, '09:02', 'till'),
      say.joined(visitId, '09:02', 1),
      say.leftQueue(visitId, '09:04', 120, true),
    ]),
    say.staff(staff, '09:05'),
    say.ended(twin, '09:05', { reason: 'same-person', sameAs: anna }),
    say.grouped(anna, '09:05', twin),
    say.ended(anna, '09:06', { reason: 'seen-leaving' }),
  ];
}

async function answers(client: ClickHouseClient, storeId: string): Promise<unknown> {
  const day = { timeZone: 'Europe/Berlin', doorCameras: ['front-door'], at: '2026-11-22T09:15:00.000Z' };
  const span = { from: '2026-11-22T08:00:00.000Z', to: '2026-11-22T12:00:00.000Z' };
  return {
    footfall: await runQuery(client, footfallToday, { storeId, ...day }),
    hours: await runQuery(client, visitsByHour, { storeId, day: '2026-11-22', ...day }),
    occupancy: await runQuery(client, occupancyNow, { storeId, at: day.at }),
    share: await runQuery(client, recognisedShare, { storeId, ...span }),
    cameras: await runQuery(client, cameraStates, { storeId }),
    timeline: await runQuery(client, cameraTimeline, { storeId, ...span }),
    latency: await runQuery(client, captureLatency, { storeId, ...span }),
    latest: await runQuery(client, latestMoments, { storeId, limit: 20 }),
    heat: await runQuery(client, floorHeatMap, { storeId, ...span, cells: 1, positionSeconds: 1 }),
    stays: await runQuery(client, zoneStays, { storeId, ...span, at: day.at }),
    people: await runQuery(client, zoneOccupancy, { storeId, ...span, at: day.at, stepSeconds: 900 }),
    waiting: await runQuery(client, queueLength, { storeId, ...span, at: day.at, stepSeconds: 900 }),
    waits: await runQuery(client, queueWaits, { storeId, ...span }),
    ways: await runQuery(client, zoneTransitions, { storeId, ...span }),
    crossings: await runQuery(client, lineCrossings, { storeId, ...span }),
    groups: await runQuery(client, groupShare, { storeId, ...span }),
    durations: await runQuery(client, visitDurations, { storeId, ...span }),
    watching: await runQuery(client, floorWatching, {
      storeId,
      ...span,
      at: day.at,
      cameras: ['front-door'],
    }),
  };
}

async function rows<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  return (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

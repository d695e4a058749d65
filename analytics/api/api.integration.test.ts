import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { createDeadLetterDesk } from '../../ingest/dead-letters/desk.ts';
import { CameraConnected } from '../../ingest/events/camera-connected.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import { createEvent, type StoreEvent } from '../../ingest/events/envelope.ts';
import { VisitIdentified } from '../../ingest/events/visit-identified.ts';
import { VisitStarted } from '../../ingest/events/visit-started.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { eventually } from '../../ingest/log/recorder.ts';
import { startClickHouseSink, type ClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { newId } from '../../runtime/ids.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { createApi } from './api.ts';
import type { Moments } from './schemas/moment.ts';
import type { Summary } from './schemas/summary.ts';
import type { VisitsByHour } from './schemas/visits-by-hour.ts';

const STORE = 'demo';
const CAMERA = 'front-door';
const ANNA = newId();
const source = `/stores/${STORE}/cameras/${CAMERA}`;

let folder: string;
let engine: ClickHouseEngine;
let clickhouse: ClickHouseClient;
let log: EmbeddedLog;
let sink: ClickHouseSink;
let app: FastifyInstance;
let origin: string;
let doorState: 'live' | 'lost' = 'live';
const listeners = new Set<(event: StoreEvent, latencyMs: number) => void>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-store-api-'));
  const logger = createLogger('test', 'silent');
  engine = await startClickHouse({ dataDir: join(folder, 'clickhouse'), logger });
  const address = { url: engine.url, database: 'api_test' };
  await applyMigrations(address);
  clickhouse = connectClickHouse(address);
  log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  const topics = ['store.presence.v1', 'store.operations.v1'];
  sink = await startClickHouseSink({ log, client: clickhouse, logger, topics });
  app = createApi({
    store: {
      id: STORE,
      title: 'Atelier Nord',
      timeZone: 'Pacific/Auckland',
      currency: 'NZD',
      openingHours: {
        monday: null,
        tuesday: null,
        wednesday: null,
        thursday: null,
        friday: null,
        saturday: null,
        sunday: null,
      },
      simulated: true,
    },
    clickhouse,
    deadLetters: createDeadLetterDesk(log),
    live: {
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    cameras: {
      list: () => [
        {
          id: CAMERA,
          purpose: 'door',
          simulated: true,
          state: doorState,
          since: new Date().toISOString(),
          detail: null,
          width: 640,
          height: 360,
          framesPerSecond: null,
          lanes: [],
          entranceLine: null,
        },
      ],
      overlay: () => undefined,
      picture: () => undefined,
      subscribe: () => () => undefined,
    },
    nameOf: (subjectKey) => (subjectKey === ANNA ? 'Anna' : undefined),
    networks: () => [],
    health: () => [],
    logger,
  });
  origin = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
  await sink.close();
  await log.close();
  await clickhouse.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

const summary = async () => (await app.inject('/api/v1/summary')).json<Summary>();
const startedNow = () => {
  const visitId = newId();
  const subject = `stores/${STORE}/visits/${visitId}`;
  const visit = { source, subject, storeId: STORE, visitId, time: new Date() };
  const entrance = { cameraId: CAMERA, inLane: true };
  return { visit, event: createEvent(VisitStarted, { ...visit, data: { entrance, simulated: true } }) };
};

describe('the API on a real ClickHouse', () => {
  it('knows no number before a camera watched: null, not zero', async () => {
    expect(await summary()).toMatchObject({ footfall: null, recognised: null, latency: null });
    const { hours } = (await app.inject('/api/v1/visits-by-hour')).json<VisitsByHour>();
    expect(hours.length).toBeGreaterThanOrEqual(23);
    expect(hours.every(({ visits, recognised }) => visits === null && recognised === null)).toBe(true);
    expect((await app.inject('/api/v1/moments')).json<Moments>()).toEqual({ moments: [] });
  });

  it('counts zero when the camera watches and nobody came', async () => {
    const subject = `stores/${STORE}/cameras/${CAMERA}`;
    const data = { cameraId: CAMERA, width: 640, height: 360, simulated: true };
    const connected = createEvent(CameraConnected, {
      source,
      subject,
      storeId: STORE,
      time: new Date(),
      data,
    });
    await log.append([eventRecord(connected)]);
    await eventually('the camera is known', async () => (await summary()).footfall === 0);
    expect(await summary()).toMatchObject({
      occupancy: 0,
      doorWatched: true,
      recognised: { ofVisits: { numerator: 0, denominator: 0, share: null } },
    });
  });

  it('counts who came and who was recognised, and tells it with names where they may be shown', async () => {
    const anna = startedNow();
    const ben = startedNow();
    const somebody = startedNow();
    const decision = { network: 'n', distance: 0.3, margin: 0.2, threshold: 0.4, frames: 5 };
    const identified = [
      { ...anna, subjectKey: ANNA },
      { ...ben, subjectKey: newId() },
    ].map(({ visit, subjectKey }) =>
      createEvent(VisitIdentified, {
        ...visit,
        data: { subjectKey, cameraId: CAMERA, decision, simulated: true },
      }),
    );
    const events = [anna.event, ben.event, somebody.event, ...identified];
    await log.append(events.map(eventRecord));
    // A visit's events may come in several inserts, and tables are fed one after the other.
    await eventually('all are counted', async () => {
      const { footfall, occupancy, recognised, latency } = await summary();
      const seen = [footfall, occupancy, recognised?.ofVisits.numerator, latency?.events];
      return seen.join() === '3,3,2,5';
    });
    const now = await summary();
    expect(now).toMatchObject({ footfall: 3, occupancy: 3 });
    expect(now.recognised?.ofLane).toEqual({ numerator: 2, denominator: 3, share: 2 / 3 });
    expect(now.latency?.events).toBe(5);

    const { hours } = (await app.inject('/api/v1/visits-by-hour')).json<VisitsByHour>();
    expect(hours.reduce((sum, { visits }) => sum + (visits ?? 0), 0)).toBe(3);

    const { moments } = (await app.inject('/api/v1/moments?limit=5')).json<Moments>();
    const names = moments.flatMap(({ fact }) => (fact.kind === 'visit.identified' ? [fact.name] : []));
    expect(names.sort()).toEqual(['Anna', null]);
    expect(moments.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('knows no occupancy while nobody watches the door, and keeps the footfall', async () => {
    doorState = 'lost';
    expect(await summary()).toMatchObject({ footfall: 3, occupancy: null, doorWatched: false });
    doorState = 'live';
  });

  it('tells the day that is asked for', async () => {
    const { day, hours } = (await app.inject('/api/v1/visits-by-hour?day=2026-04-05')).json<VisitsByHour>();
    expect([day, hours.length]).toEqual(['2026-04-05', 25]);
    expect(hours[0]?.startsAt).toBe('2026-04-04T11:00:00.000Z');
  });
});

describe('the live stream', () => {
  it('tells a moment as it happens, and what was missed after Last-Event-ID', async () => {
    const first = startedNow().event;
    const second = startedNow().event;
    const watching = await listen();
    tell(first);
    await watching.until(`id: ${first.id}`);
    await watching.until('event: summary');
    watching.stop();
    tell(second);
    const back = await listen(first.id);
    await back.until(`id: ${second.id}`);
    expect(back.text()).not.toContain(first.id);
    back.stop();
  });

  it('says "reset" to a page that was away for too long', async () => {
    const back = await listen(newId());
    await back.until('event: reset');
    back.stop();
  });

  it('ends when the server closes', async () => {
    const watching = await listen();
    await watching.until('event: heartbeat');
    await app.close();
    await watching.ended;
    expect(listeners.size).toBe(0);
  });
});

function tell(event: StoreEvent): void {
  for (const listener of listeners) listener(event, 0);
}

/** A page that listens. */
async function listen(lastEventId?: string) {
  const stopping = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${origin}/api/v1/live`, { headers, signal: stopping.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true });
    }
  };
  // A page that goes away aborts its reading.
  const ended = read().catch(() => undefined);
  return {
    text: () => text,
    until: (wanted: string) => eventually(wanted, () => Promise.resolve(text.includes(wanted))),
    stop: () => stopping.abort(),
    ended,
  };
}

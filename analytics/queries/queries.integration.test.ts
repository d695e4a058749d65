import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { createLogger } from '../../runtime/logger.ts';
import { newId } from '../../runtime/ids.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { cameraStates } from './camera-states.ts';
import { cameraTimeline } from './camera-timeline.ts';
import { captureLatency } from './capture-latency.ts';
import { footfallToday } from './footfall-today.ts';
import { latestMoments } from './latest-moments.ts';
import { occupancyNow } from './occupancy-now.ts';
import { runQuery } from './query.ts';
import { recognisedShare } from './recognised-share.ts';
import { visitsByHour } from './visits-by-hour.ts';

const storeId = 'demo';
const timeZone = 'Europe/Berlin';
const doorCameras = ['front-door'];
const DAY = '2026-11-22';
/** Times of the tests are of that day, in UTC; Berlin is an hour ahead. */
const utc = (clock: string): string => `${DAY}T${clock}:00.000Z`;

describe('the questions', () => {
  let dataDir: string;
  let engine: ClickHouseEngine;
  let client: ClickHouseClient;
  let count = 0;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'smart-store-queries-'));
    engine = await startClickHouse({ dataDir, logger: createLogger('test', 'silent') });
  });
  afterAll(async () => {
    await client.close();
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    count += 1;
    const address = { url: engine.url, database: `shop_${count}` };
    await applyMigrations(address);
    if (count > 1) await client.close();
    client = connectClickHouse(address);
  });

  const tell = (...events: readonly Told[]) =>
    client.insert({ table: 'events', values: events.map(rowOf), format: 'JSONEachRow' });
  const hoursAt = async (at: string, day = DAY) => {
    const rows = await runQuery(client, visitsByHour, { storeId, timeZone, day, at, doorCameras });
    return Object.fromEntries(rows.map(({ startsAt, visits }) => [startsAt.slice(11, 13), visits]));
  };

  test('an empty store answers "no data", and no question breaks', async () => {
    const at = utc('12:00');
    const span = { storeId, from: utc('00:00'), to: at };
    expect(await runQuery(client, footfallToday, { storeId, timeZone, at, doorCameras })).toEqual([
      { day: DAY, visits: null, inLane: null, simulated: null, watchedSeconds: 0 },
    ]);
    expect(Object.values(await hoursAt(at))).toEqual(Array(24).fill(null));
    expect(await runQuery(client, occupancyNow, { storeId, at })).toEqual([{ visits: 0, simulated: 0 }]);
    expect(await runQuery(client, recognisedShare, span)).toEqual([
      {
        visits: 0,
        inLane: 0,
        recognised: 0,
        recognisedInLane: 0,
        shareOfVisits: null,
        shareOfLane: null,
        simulated: 0,
      },
    ]);
    expect(await runQuery(client, cameraStates, { storeId })).toEqual([]);
    expect(await runQuery(client, cameraTimeline, span)).toEqual([]);
    expect(await runQuery(client, latestMoments, { storeId, limit: 5 })).toEqual([]);
    expect((await runQuery(client, captureLatency, span))[0]).toMatchObject({
      events: 0,
      captureToInsertedP95Ms: null,
    });
  });

  describe('visits by hour: zero when somebody watched, null when nobody did', () => {
    test.each<[string, readonly Told[], string, Record<string, number | null>]>([
      [
        'watching from 08:30 until now',
        [camera('connected', '08:30'), visit('09:10'), visit('09:50')],
        '11:10',
        { '07': null, '08': 0, '09': 2, '10': 0, '11': 0, '12': null },
      ],
      [
        'lost from 10:15 to 12:40',
        [camera('connected', '08:30'), camera('lost', '10:15'), camera('recovered', '12:40'), visit('12:50')],
        '13:10',
        { '09': 0, '10': 0, '11': null, '12': 1, '13': 0, '14': null },
      ],
      [
        'killed some time after the visitor of 10:20, started again at 14:05',
        [camera('connected', '08:30'), visit('10:20'), camera('connected', '14:05')],
        '15:00',
        { '08': 0, '09': 0, '10': 1, '11': null, '12': null, '13': null, '14': 0, '15': null },
      ],
      [
        'lost, and started again while lost',
        [camera('connected', '08:30'), camera('lost', '09:30'), camera('connected', '11:30')],
        '12:00',
        { '08': 0, '09': 0, '10': null, '11': 0, '12': null },
      ],
      [
        'another camera than the door watches',
        [{ ...camera('connected', '08:30'), data: { cameraId: 'ceiling' } }],
        '10:00',
        { '08': null, '09': null },
      ],
      [
        'another store',
        [
          { ...camera('connected', '08:30'), storeId: 'other' },
          { ...visit('08:40'), storeId: 'other' },
        ],
        '10:00',
        { '08': null, '09': null },
      ],
      [
        'the same event sent twice by its producer',
        [camera('connected', '08:30'), ...twice(visit('09:10'))],
        '10:00',
        { '09': 1 },
      ],
    ])('%s', async (_what, events, now, expected) => {
      await tell(...events);
      expect(await hoursAt(utc(now))).toMatchObject(expected);
    });

    test.each([
      ['2026-03-29', 23, 'the clocks go forward'],
      ['2026-10-25', 25, 'the clocks go back'],
      ['2026-11-22', 24, 'an ordinary day'],
    ])('%s has %i hours: %s', async (day, hours) => {
      const rows = await runQuery(client, visitsByHour, {
        storeId,
        timeZone,
        day,
        at: utc('12:00'),
        doorCameras,
      });
      expect(rows).toHaveLength(hours);
    });

    test("the day begins at the store's midnight, also where that is not a whole hour of UTC", async () => {
      const [first] = await runQuery(client, visitsByHour, {
        storeId,
        timeZone: 'Asia/Kathmandu',
        day: DAY,
        at: utc('12:00'),
        doorCameras,
      });
      expect(first?.startsAt).toBe('2026-11-21T18:15:00.000Z');
    });
  });

  test('footfall of today begins at midnight in Berlin, not in Greenwich', async () => {
    const lastNight = { ...visit('22:59'), time: '2026-11-21T22:59:00.000Z' };
    const justAfter = { ...visit('23:01'), time: '2026-11-21T23:01:00.000Z' };
    await tell(camera('connected', '08:00'), lastNight, justAfter, visit('09:00', { inLane: true }));
    const at = utc('09:30');
    expect(await runQuery(client, footfallToday, { storeId, timeZone, at, doorCameras })).toEqual([
      { day: DAY, visits: 2, inLane: 1, simulated: 2, watchedSeconds: 5400 },
    ]);
  });

  test('occupancy: who came and has not gone, whichever event arrived first', async () => {
    const [gone, stays, endFirst] = [newId(), newId(), newId()];
    await tell(ended('09:20', endFirst));
    await tell(visit('09:00', { visitId: gone }), visit('09:05', { visitId: stays }));
    await tell(visit('09:00', { visitId: endFirst }), ended('09:20', gone));
    const occupancy = async (clock: string) =>
      (await runQuery(client, occupancyNow, { storeId, at: utc(clock) }))[0]?.visits;
    expect(await occupancy('08:59')).toBe(0);
    expect(await occupancy('09:10')).toBe(3);
    expect(await occupancy('09:30')).toBe(1);
  });

  test('recognised share: of the lane and of all, placed by when the visit began', async () => {
    const [member, late] = [newId(), newId()];
    await tell(
      visit('09:00', { inLane: true, visitId: member }),
      identified('09:00', member),
      visit('09:10', { inLane: true }),
      visit('09:20'),
      visit('09:30'),
      visit('09:59', { inLane: true, visitId: late }),
      identified('10:00', late),
    );
    const [share] = await runQuery(client, recognisedShare, {
      storeId,
      from: utc('09:00'),
      to: utc('10:00'),
    });
    expect(share).toEqual({
      visits: 5,
      inLane: 3,
      recognised: 2,
      recognisedInLane: 2,
      shareOfVisits: 0.4,
      shareOfLane: 2 / 3,
      simulated: 5,
    });
  });

  test('cameras: the last state, and the stretches that reach into a span', async () => {
    await tell(camera('connected', '08:00'), camera('lost', '09:00'), camera('recovered', '09:05'));
    expect(await runQuery(client, cameraStates, { storeId })).toEqual([
      { cameraId: 'front-door', state: 'recovered', since: utc('09:05'), reason: null, detail: null },
    ]);
    const stretches = await runQuery(client, cameraTimeline, {
      storeId,
      from: utc('09:01'),
      to: utc('12:00'),
    });
    expect(stretches.map(({ state, since, until, reason }) => [state, since, until, reason])).toEqual([
      ['lost', utc('09:00'), utc('09:05'), 'stalled'],
      ['recovered', utc('09:05'), null, null],
    ]);
  });

  test('latest moments: newest first, no more than asked, each once, presence and cameras only', async () => {
    await tell(camera('connected', '08:00'), visit('09:00'), ...twice(visit('09:30')), {
      ...visit('09:40'),
      type: 'member.enrolled',
    });
    const moments = await runQuery(client, latestMoments, { storeId, limit: 2 });
    expect(moments.map(({ time }) => time)).toEqual([utc('09:30'), utc('09:00')]);
    expect(JSON.parse(moments[0]!.data)).toMatchObject({ simulated: true });
  });

  test('latency: from capture to recorded to inserted', async () => {
    const recordedAfter = (ms: number): Told => ({
      ...visit('09:00'),
      recordedTime: new Date(Date.parse(utc('09:00')) + ms).toISOString(),
      insertedAt: new Date(Date.parse(utc('09:00')) + ms + 300).toISOString(),
    });
    await tell(recordedAfter(100), recordedAfter(200), recordedAfter(900));
    const [latency] = await runQuery(client, captureLatency, {
      storeId,
      from: utc('08:00'),
      to: utc('10:00'),
    });
    expect(latency).toEqual({
      events: 3,
      captureToRecordedP50Ms: 200,
      captureToRecordedP95Ms: 900,
      recordedToInsertedP50Ms: 300,
      recordedToInsertedP95Ms: 300,
      captureToInsertedP50Ms: 500,
      captureToInsertedP95Ms: 1200,
    });
  });

  test('a query that answers what its schema does not say is a mistake of ours', async () => {
    const broken = { ...occupancyNow, sql: "SELECT 'many' AS visits, 0 AS simulated" };
    await expect(runQuery(client, broken, { storeId, at: utc('09:00') })).rejects.toThrow(
      /occupancy-now.*visits/,
    );
  });
});

interface Told {
  readonly type: string;
  readonly time: string;
  readonly data: object;
  readonly storeId?: string;
  readonly visitId?: string;
  readonly eventId?: string;
  readonly recordedTime?: string;
  readonly insertedAt?: string;
}

function rowOf(told: Told): Record<string, unknown> {
  return {
    event_id: told.eventId ?? newId(),
    type: told.type,
    version: 1,
    store_id: told.storeId ?? storeId,
    visit_id: told.visitId ?? null,
    source: '/stores/demo',
    subject: 'stores/demo',
    time: told.time,
    recorded_time: told.recordedTime ?? told.time,
    ...(told.insertedAt === undefined ? {} : { inserted_at: told.insertedAt }),
    topic: 'store.presence.v1',
    data: JSON.stringify(told.data),
  };
}

function camera(state: 'connected' | 'lost' | 'recovered', clock: string): Told {
  const why = state === 'lost' ? { reason: 'stalled', detail: 'no frame for 5.0 s' } : {};
  return { type: `camera.${state}`, time: utc(clock), data: { cameraId: 'front-door', ...why } };
}

function visit(clock: string, { inLane = false, visitId = newId() } = {}): Told {
  const data = { entrance: { cameraId: 'front-door', inLane }, simulated: true };
  return { type: 'visit.started', time: utc(clock), visitId, data };
}

function identified(clock: string, visitId: string): Told {
  return {
    type: 'visit.identified',
    time: utc(clock),
    visitId,
    data: { subjectKey: newId(), simulated: true },
  };
}

function ended(clock: string, visitId: string): Told {
  return {
    type: 'visit.ended',
    time: utc(clock),
    visitId,
    data: { reason: 'assumed-left', simulated: true },
  };
}

function twice(told: Told): readonly Told[] {
  const event = { ...told, eventId: newId() };
  return [event, event];
}

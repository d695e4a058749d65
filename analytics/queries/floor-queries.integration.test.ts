import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { eventsRow } from '../../ingest/sinks/events-table.ts';
import { newId } from '../../runtime/ids.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { floorScript, type FloorScript } from './floor-events.fixture.ts';
import { floorHeatMap } from './floor-heat-map.ts';
import { floorWatching } from './floor-watching.ts';
import { footfallToday } from './footfall-today.ts';
import { groupShare } from './group-share.ts';
import { occupancyNow } from './occupancy-now.ts';
import { lineCrossings } from './line-crossings.ts';
import { queueWaits } from './queue-waits.ts';
import { runQuery } from './query.ts';
import { recognisedShare } from './recognised-share.ts';
import { visitDurations } from './visit-durations.ts';
import { visitsByHour } from './visits-by-hour.ts';
import { queueLength, zoneOccupancy } from './zone-occupancy.ts';
import { zoneStays } from './zone-stays.ts';
import { zoneTransitions } from './zone-transitions.ts';

const DAY = '2026-11-22';
const utc = (clock: string): string => floorScript('any', DAY).utc(clock);
const [anna, ben, clara] = ['a', 'b', 'c'].map(
  (letter) => `${letter.repeat(8)}-0000-7000-8000-000000000000`,
) as [string, string, string];

describe('the questions about the floor', () => {
  let dataDir: string;
  let engine: ClickHouseEngine;
  let client: ClickHouseClient;
  let count = 0;
  /** Each test has a shop of its own in one database: making tables takes longer than asking them. */
  let storeId: string;
  let say: FloorScript;
  let hour: { storeId: string; from: string; to: string };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'smart-store-floor-'));
    engine = await startClickHouse({ dataDir, logger: createLogger('test', 'silent') });
    const address = { url: engine.url, database: 'shops' };
    await applyMigrations(address);
    client = connectClickHouse(address);
  });
  afterAll(async () => {
    await client.close();
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(() => {
    count += 1;
    storeId = `shop-${count}`;
    say = floorScript(storeId, DAY);
    hour = { storeId, from: utc('09:00'), to: utc('10:00') };
  });

  let offset = 0;
  const tell = (...events: readonly StoreEvent[]) =>
    client.insert({
      table: 'events',
      values: events.map((event) =>
        eventsRow(event, { topic: 'store.presence.v1', partition: 0, offset: offset++ }),
      ),
      format: 'JSONEachRow',
    });
  const at = utc('10:00');
  const heat = async (from: string, to: string, { cells = 1, positionSeconds = 1 } = {}) => {
    const span = { from: utc(from), to: utc(to) };
    const rows = await runQuery(client, floorHeatMap, { storeId, ...span, cells, positionSeconds });
    return rows.map(({ across, down, dwellSeconds, visits }) => [across, down, dwellSeconds, visits]);
  };
  const stays = async () =>
    (await runQuery(client, zoneStays, { ...hour, at })).map((row) => [
      row.zone,
      row.visits,
      row.dwellMedianSeconds,
      row.dwellP90Seconds,
    ]);

  test('a floor where nothing happened has no rows, and no question breaks', async () => {
    expect(await heat('09:00', '10:00')).toEqual([]);
    expect(await stays()).toEqual([]);
    expect(await runQuery(client, zoneOccupancy, { ...hour, at, stepSeconds: 900 })).toEqual([]);
    expect(await runQuery(client, queueLength, { ...hour, at, stepSeconds: 900 })).toEqual([]);
    expect(await runQuery(client, queueWaits, hour)).toEqual([]);
    expect(await runQuery(client, zoneTransitions, hour)).toEqual([]);
    expect(await runQuery(client, lineCrossings, hour)).toEqual([]);
    expect(await runQuery(client, groupShare, hour)).toEqual([
      { visits: 0, grouped: 0, groups: 0, share: null },
    ]);
    expect(await runQuery(client, visitDurations, hour)).toEqual([
      { visits: 0, seen: 0, medianSeconds: null, p90Seconds: null },
    ]);
    expect(await runQuery(client, floorWatching, { ...hour, at, cameras: ['over-floor'] })).toEqual([]);
  });

  test('lines count every crossing within the period, each way, and none of staff', async () => {
    await tell(
      say.crossed(anna, '08:59:59', 'forwards'),
      say.crossed(anna, '09:10:00', 'forwards'),
      say.crossed(ben, '09:20:00', 'forwards'),
      say.crossed(anna, '09:30:00', 'backwards'),
      say.crossed(ben, '10:00:00', 'backwards'),
      say.crossed(clara, '09:15:00', 'backwards'),
      say.staff(clara, '09:40:00'),
    );
    expect(await runQuery(client, lineCrossings, hour)).toEqual([
      { line: 'doorway', forwards: 2, backwards: 1 },
    ]);
  });

  describe('the heat map', () => {
    test('who stands makes dwell, who passes makes a passage', async () => {
      await tell(
        say.at(anna, '09:00:00', 1.1, 2.1),
        say.at(anna, '09:00:01', 1.15, 2.2),
        say.at(anna, '09:00:02', 1.2, 2.05),
        say.at(ben, '09:00:01', 1.1, 2.2),
        say.at(ben, '09:00:02', 1.9, 2.2),
      );
      expect(await heat('09:00', '10:00')).toEqual([
        [4, 8, 4, 2],
        [7, 8, 1, 1],
      ]);
      expect(await heat('09:00', '10:00', { cells: 4 })).toEqual([[1, 2, 5, 2]]);
      expect(await heat('09:00', '10:00', { positionSeconds: 5 })).toEqual([
        [4, 8, 20, 2],
        [7, 8, 5, 1],
      ]);
    });

    test('a period begins and ends at the second, also within a quarter of an hour and across quarters', async () => {
      await tell(
        ...['09:14:58', '09:14:59', '09:15:00', '09:15:01'].map((clock) => say.at(anna, clock, 1, 1)),
      );
      expect(await heat('09:14:59', '09:15:01')).toEqual([[4, 4, 2, 1]]);
      expect(await heat('09:15:01', '09:15:01')).toEqual([]);
    });

    test('an event that a producer sent twice counts once', async () => {
      const event = say.at(anna, '09:00:00', 1, 1);
      await tell(event, event);
      await tell(event);
      expect(await heat('09:00', '10:00')).toEqual([[4, 4, 1, 1]]);
    });

    test('staff is left out, also what was told before it was known', async () => {
      await tell(say.at(anna, '09:00:00', 1, 1), say.at(ben, '09:00:00', 1, 1));
      await tell(say.staff(ben, '09:20'));
      expect(await heat('09:00', '09:10')).toEqual([[4, 4, 1, 1]]);
    });

    test('two visits that turned out to be one person are one passage', async () => {
      await tell(
        say.at(anna, '09:00:00', 1, 1),
        say.at(ben, '09:00:07', 1, 1),
        say.ended(ben, '09:00:08', { reason: 'same-person', sameAs: anna }),
      );
      expect(await heat('09:00', '10:00')).toEqual([[4, 4, 2, 1]]);
    });

    test('a view never fails on an event that the table took', async () => {
      const strange = [
        {},
        { place: { acrossMetres: 'left' } },
        { place: { acrossMetres: 1e300, downMetres: 1 } },
      ];
      await tell(...strange.map((data) => ({ ...say.at(anna, '09:00:00', 1, 1), data })));
      await tell({
        ...say.left(anna, '09:00', 'shelf', 1),
        data: { zone: 7, dwellSeconds: 'long', length: -1 },
      });
      expect(await heat('09:00', '10:00')).toEqual([]);
    });
  });

  describe('zones', () => {
    test('visits and dwell: all that one visit spent there, of those who left', async () => {
      await tell(
        say.entered(anna, '09:00', 'shelf'),
        say.left(anna, '09:01', 'shelf', 60),
        say.entered(anna, '09:02', 'shelf'),
        say.left(anna, '09:02:30', 'shelf', 30),
        say.entered(ben, '09:05', 'shelf'),
        say.left(ben, '09:05:10', 'shelf', 10),
        say.entered(clara, '09:50', 'shelf'),
      );
      expect(await stays()).toEqual([['shelf', 3, 90, 90]]);
    });

    test('a stay that began before the period and one that ends after it are visits; only the first one left', async () => {
      await tell(
        say.entered(anna, '08:50', 'shelf'),
        say.left(anna, '09:10', 'shelf', 1200),
        say.entered(ben, '09:50', 'shelf'),
        say.left(ben, '10:10', 'shelf', 1200),
      );
      expect(await stays()).toEqual([['shelf', 2, 1200, 1200]]);
    });

    test('occupancy: the average of each step, a stay that lasts counted until now', async () => {
      await tell(
        say.entered(anna, '09:00', 'shelf'),
        say.left(anna, '09:20', 'shelf', 1200),
        say.entered(ben, '09:45', 'shelf'),
      );
      const rows = await runQuery(client, zoneOccupancy, { ...hour, at: utc('09:50'), stepSeconds: 900 });
      expect(rows.map(({ startsAt, people }) => [startsAt, people])).toEqual([
        [utc('09:00'), 1],
        [utc('09:15'), 1 / 3],
        [utc('09:45'), 1],
      ]);
    });

    test('a stay whose visit is over and that nobody saw end is no stay for ever', async () => {
      await tell(
        say.started(anna, '08:59'),
        say.entered(anna, '09:00', 'shelf'),
        say.ended(anna, '09:10', { reason: 'lost-sight' }),
      );
      expect(await stays()).toEqual([]);
    });

    test('staff is left out, and an event that was sent twice counts once', async () => {
      const left = say.left(anna, '09:01', 'shelf', 60);
      await tell(say.entered(anna, '09:00', 'shelf'), left, left, say.left(ben, '09:05', 'shelf', 300));
      await tell(left, say.staff(ben, '09:04'));
      expect(await stays()).toEqual([['shelf', 1, 60, 60]]);
    });

    test('ways from zone to zone, each visit once a pair', async () => {
      await tell(
        say.entered(anna, '08:59', 'entrance'),
        say.entered(anna, '09:01', 'shelf'),
        say.entered(anna, '09:02', 'till'),
        say.entered(anna, '09:03', 'shelf'),
        say.entered(anna, '09:04', 'till'),
        say.entered(ben, '09:01', 'shelf'),
        say.entered(ben, '09:02', 'till'),
        say.entered(ben, '09:03', 'till'),
      );
      const ways = await runQuery(client, zoneTransitions, hour);
      expect(ways.map(({ fromZone, toZone, visits, times }) => [fromZone, toZone, visits, times])).toEqual([
        ['shelf', 'till', 2, 3],
        ['entrance', 'shelf', 1, 1],
        ['till', 'shelf', 1, 1],
      ]);
    });
  });

  test('a queue: waits, who gave up, how long it was', async () => {
    await tell(
      say.joined(anna, '09:00', 1),
      say.joined(ben, '09:00', 2),
      say.leftQueue(anna, '09:15', 900, true),
      say.leftQueue(ben, '09:07:30', 450, false),
      say.joined(clara, '09:30', 1),
      say.leftQueue(clara, '09:31', 60, null),
    );
    expect(await runQuery(client, queueWaits, hour)).toEqual([
      {
        queue: 'till',
        joined: 3,
        left: 3,
        served: 1,
        abandoned: 1,
        abandonedShare: 0.5,
        waitMedianSeconds: 450,
        waitP90Seconds: 900,
        longest: 2,
        simulated: 3,
      },
    ]);
    const lengths = await runQuery(client, queueLength, { ...hour, at, stepSeconds: 900 });
    expect(lengths.map(({ startsAt, people }) => [startsAt, people])).toEqual([
      [utc('09:00'), 1.5],
      [utc('09:30'), 1 / 15],
    ]);
  });

  test('groups: which share of the visits came together', async () => {
    const group = newId();
    const [staff, twin] = [newId(), newId()];
    await tell(
      ...[anna, ben, clara, staff, twin].map((visitId) => say.started(visitId, '09:00')),
      say.grouped(anna, '09:00:20', group),
      say.grouped(ben, '09:00:20', group),
      say.staff(staff, '09:05'),
      say.ended(twin, '09:05', { reason: 'same-person', sameAs: clara }),
    );
    expect(await runQuery(client, groupShare, hour)).toEqual([
      { visits: 3, grouped: 2, groups: 1, share: 2 / 3 },
    ]);
  });

  test('staff and a visit that turned out to be another are taken off footfall, of the day and of their hour', async () => {
    const [staff, twin] = [newId(), newId()];
    const day = { storeId, timeZone: 'Europe/Berlin', at, doorCameras: ['front-door'] };
    const figures = async () => {
      const [footfall] = await runQuery(client, footfallToday, day);
      const hours = await runQuery(client, visitsByHour, { ...day, day: DAY });
      const [occupancy] = await runQuery(client, occupancyNow, { storeId, at });
      const [share] = await runQuery(client, recognisedShare, hour);
      const nine = hours.find(({ startsAt }) => startsAt === utc('09:00'));
      return [footfall?.visits, footfall?.simulated, nine?.visits, occupancy?.visits, share?.visits];
    };
    await tell(
      say.camera('connected', '08:00', 'front-door'),
      ...[anna, ben, staff, twin].map((visitId) => say.started(visitId, '09:00')),
    );
    expect(await figures()).toEqual([4, 4, 4, 4, 4]);
    await tell(say.staff(staff, '09:05'), say.ended(twin, '09:06', { reason: 'same-person', sameAs: anna }));
    expect(await figures()).toEqual([2, 2, 2, 2, 2]);
  });

  test('durations are of those who were seen leaving', async () => {
    const lost = newId();
    await tell(
      ...[anna, ben, clara, lost].map((visitId) => say.started(visitId, '09:00')),
      say.ended(anna, '09:10', { reason: 'seen-leaving' }),
      say.ended(ben, '09:30', { reason: 'seen-leaving' }),
      say.ended(clara, '09:40', { reason: 'seen-leaving' }),
      say.ended(lost, '09:59', { reason: 'lost-sight' }),
    );
    expect(await runQuery(client, visitDurations, hour)).toEqual([
      { visits: 4, seen: 3, medianSeconds: 1800, p90Seconds: 2400 },
    ]);
  });

  test.each<[string, () => readonly StoreEvent[], readonly (readonly string[])[]]>([
    ['a camera that watches still', () => [say.camera('connected', '08:30')], [['09:00', '10:00']]],
    [
      'lost from 09:10 to 09:20',
      () => [say.camera('connected', '08:30'), say.camera('lost', '09:10'), say.camera('recovered', '09:20')],
      [
        ['09:00', '09:10'],
        ['09:20', '10:00'],
      ],
    ],
    [
      'switched off some time after the position of 09:05, on again at 09:40',
      () => [say.camera('connected', '08:30'), say.at(anna, '09:05', 1, 1), say.camera('connected', '09:40')],
      [
        ['09:00', '09:05'],
        ['09:40', '10:00'],
      ],
    ],
    ['lost before the period', () => [say.camera('connected', '08:30'), say.camera('lost', '08:50')], []],
    ['another camera', () => [say.camera('connected', '08:30', 'front-door')], []],
  ])('watching: %s', async (_what, events, expected) => {
    await tell(...events());
    const rows = await runQuery(client, floorWatching, { ...hour, at, cameras: ['over-floor'] });
    expect(rows.map(({ since, until }) => [since, until])).toEqual(
      expected.map((stretch) => stretch.map((clock) => utc(clock))),
    );
  });
});

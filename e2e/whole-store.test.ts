import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShortDay, type Servers, type ShortDay, type StoreProcess } from '../bin/store-process.ts';
import { connectClickHouse } from '../ingest/clickhouse/client.ts';
import { startClickHouse } from '../ingest/clickhouse/engine.ts';
import { startKafka } from '../ingest/kafka/broker.ts';
import { createLogger } from '../runtime/logger.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';

interface RunningServers extends Servers {
  close(): Promise<void>;
}

let browser: TestBrowser;

beforeAll(async () => {
  await buildDashboard();
  browser = await launchBrowser();
});

afterAll(() => browser.close());

describe.each(['embedded', 'cluster'] as const)('the whole store, profile %s', (profile) => {
  let servers: RunningServers | undefined;
  let day: ShortDay;
  let store: StoreProcess;

  beforeAll(async () => {
    servers = profile === 'cluster' ? await startServers() : undefined;
    day = await openShortDay(servers);
    store = await day.start();
  });

  afterAll(async () => {
    await day.close();
    await servers?.close();
  });

  it('shows the virtual shop come alive: shoppers counted, a member recognised by name, the door with its picture', async () => {
    const watched = await browser.open(store.url);
    await browser.journey(watched, async (page) => {
      await page.getByText('Simulation', { exact: true }).waitFor();
      await page.getByText('Simulated picture').waitFor();
      const moments = page.locator('#moments li[data-moment]');
      await moments.filter({ hasText: 'A visitor came in' }).first().waitFor({ timeout: 60_000 });
      const named = /^(?!A member).+ was recognised/;
      await moments.filter({ hasText: named }).first().waitFor({ timeout: 90_000 });
      const footfall = page
        .locator('dl[aria-label="Today"] > div', { hasText: 'Footfall today' })
        .locator('dd')
        .first();
      await expect
        .poll(async () => Number(await footfall.textContent()), { timeout: 60_000 })
        .toBeGreaterThanOrEqual(3);
    });
    expect(watched.complaints).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });

  it('says that what it looks through is simulated, and which networks look', async () => {
    const answer = (await (await fetch(`${store.url}/api/v1/store`)).json()) as {
      simulated: boolean;
      networks: { task: string }[];
    };
    expect(answer.simulated).toBe(true);
    expect(answer.networks.map(({ task }) => task)).toEqual([
      'face detection',
      'face landmarks',
      'face recognition',
      'person detection',
    ]);
  });

  it('knows where people are on the floor, as the ceiling cameras see them', async () => {
    const readFloor = async () => {
      const answer = await fetch(`${store.url}/api/v1/floor/live`);
      return (await answer.json()) as {
        people: { simulated: boolean; zones: string[] }[];
        cameras: { cameraId: string; live: boolean }[];
      };
    };
    const isLively = async (): Promise<boolean> => {
      const { people, cameras } = await readFloor();
      return people.length >= 2 && cameras.every(({ live }) => live);
    };
    await expect.poll(isLively, { timeout: 60_000, interval: 500 }).toBe(true);
    const { people, cameras } = await readFloor();
    expect(cameras.map(({ cameraId }) => cameraId)).toEqual(['ceiling-west', 'ceiling-east', 'ceiling-back']);
    expect(people.every(({ simulated }) => simulated)).toBe(true);
  });

  it.runIf(profile === 'cluster')('has its events in the servers', async () => {
    const client = connectClickHouse({ url: servers!.clickHouseUrl, database: 'smart_store' });
    const answer = await client.query({
      query: `SELECT uniqExact(topic, partition, offset) AS places, count() AS events FROM events WHERE store_id = 'demo'`,
      format: 'JSONEachRow',
    });
    const [row] = await answer.json<{ places: number; events: number }>();
    await client.close();
    expect(row!.events).toBeGreaterThanOrEqual(3);
    expect(row!.places).toBe(row!.events);
  });
});

async function startServers(): Promise<RunningServers> {
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-servers-'));
  const logger = createLogger('servers', 'error');
  const [kafka, engine] = await Promise.all([
    startKafka({ nodes: 1, dataDir: join(folder, 'kafka'), logger }),
    startClickHouse({ dataDir: join(folder, 'clickhouse'), logger }),
  ]);
  return {
    brokers: kafka.brokers,
    clickHouseUrl: engine.url,
    async close() {
      await Promise.all([kafka.close(), engine.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

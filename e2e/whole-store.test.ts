import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShortDay, type ShortDay, type StoreProcess } from '../bin/store-process.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';

let day: ShortDay;
let store: StoreProcess;
let browser: TestBrowser;

beforeAll(async () => {
  await buildDashboard();
  day = await openShortDay();
  store = await day.start();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await day.close();
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
  ]);
});

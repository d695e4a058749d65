import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEvent } from '../ingest/events/envelope.ts';
import { VisitPositionSampled } from '../ingest/events/visit-position-sampled.ts';
import { ZoneEntered } from '../ingest/events/zone-entered.ts';
import { ZoneLeft } from '../ingest/events/zone-left.ts';
import { newId } from '../runtime/ids.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';
import { startStoreRig, type StoreRig } from './store-rig.ts';

const PATIENCE_MS = 40_000;
const MINUTE_MS = 60_000;

let browser: TestBrowser;
let rig: StoreRig;

beforeAll(async () => {
  await buildDashboard();
  rig = await startStoreRig({ floor: true });
  browser = await launchBrowser();
  await rig.cameraConnects();
  for (const camera of ['ceiling-west', 'ceiling-east', 'ceiling-back']) rig.ceiling(camera, true);
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});

/** How many people a zone of the plan has. */
const inZone = (page: Page, zone: string) => page.locator(`#floor text[data-zone="${zone}"]`);
const row = (page: Page, zone: string) => page.locator(`#zones tr[data-zone="${zone}"]`);

async function untilText(locate: () => ReturnType<Page['locator']>, text: string): Promise<void> {
  await expect.poll(async () => (await locate().textContent())?.trim(), { timeout: PATIENCE_MS }).toBe(text);
}

it('shows people as dots that walk, counts them by zone, and says "no data" where a camera is dead', async () => {
  const watched = await browser.open(rig.url);
  await browser.journey(watched, async (page) => {
    const walker = rig.floor!.person('ceiling-back', [8, 2]);
    rig.floor!.person('ceiling-back', [8.2, 3.8]);
    await untilText(() => inZone(page, 'knitwear'), '2');
    await untilText(() => row(page, 'knitwear').locator('td.now'), '2');
    expect(await page.locator('#floor canvas').getAttribute('data-people')).toBe('2');
    expect(await isPainted(page, [8, 2])).toBe(true);
    expect(await isPainted(page, [2, 7])).toBe(false);

    walker.goTo([5.4, 5.4]);
    await untilText(() => inZone(page, 'coats'), '1');
    await untilText(() => inZone(page, 'knitwear'), '1');
    await expect.poll(() => isPainted(page, [5.4, 5.4]), { timeout: PATIENCE_MS }).toBe(true);
    expect(await isPainted(page, [8, 2])).toBe(false);

    // The camera at the back alone doesn't see all of the accessories.
    for (const camera of ['ceiling-west', 'ceiling-east']) rig.ceiling(camera, false);
    await page.locator('#floor polygon[data-dark="ceiling-east"]').waitFor({ state: 'attached' });
    await untilText(() => inZone(page, 'accessories'), 'no data');
    await untilText(() => row(page, 'accessories').locator('td.now'), 'no data');
    await untilText(() => inZone(page, 'coats'), '1');
    for (const camera of ['ceiling-west', 'ceiling-east']) rig.ceiling(camera, true);
    await untilText(() => inZone(page, 'accessories'), '0');
  });
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

it('takes somebody marked as staff out of the numbers, asked for by keyboard alone', async () => {
  const watched = await browser.open(rig.url);
  await browser.journey(watched, async (page) => {
    await untilText(() => inZone(page, 'coats'), '1');
    await page.getByRole('button', { name: /List people \(2\)/ }).focus();
    await page.keyboard.press('Enter');
    const line = page.locator('#floor-people tr', { hasText: 'coats' });
    await line.getByRole('button', { name: /Mark Visitor \w+ as staff/ }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Is this person staff?' });
    await dialog.getByRole('button', { name: 'Mark as staff' }).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('staff-outcome').filter({ hasText: 'Marked as staff' }).waitFor();
    await untilText(() => inZone(page, 'coats'), '0');
    await line.getByText('Staff').waitFor();
    expect(await line.getByRole('button').count()).toBe(0);
  });
  expect(watched.complaints).toEqual([]);
});

it('shows where people stood, from ClickHouse, and the same in a table', async () => {
  const visitId = newId();
  const about = (time: Date) => ({
    source: '/stores/demo',
    subject: `stores/demo/visits/${visitId}`,
    storeId: 'demo',
    visitId,
    time,
  });
  const zone = { zone: 'dresses', kind: 'area', simulated: true } as const;
  const startMs = Date.now() - 5 * MINUTE_MS;
  const stood = Array.from({ length: 90 }, (_, second) =>
    createEvent(VisitPositionSampled, {
      ...about(new Date(startMs + second * 1000)),
      data: {
        place: { acrossMetres: 10.6, downMetres: 2.6 },
        accuracyMetres: 0.2,
        zones: ['dresses'],
        simulated: true,
      },
    }),
  );
  await rig.tell(
    ...stood,
    createEvent(ZoneEntered, {
      ...about(new Date(startMs - 10_000)),
      data: { zone: 'entrance', kind: 'entrance', simulated: true },
    }),
    createEvent(ZoneEntered, { ...about(new Date(startMs)), data: zone }),
    createEvent(ZoneLeft, { ...about(new Date(startMs + 90_000)), data: { ...zone, dwellSeconds: 90 } }),
  );
  const watched = await browser.open(rig.url);
  await browser.journey(watched, async (page) => {
    await page.locator('#zones').getByLabel('Period').selectOption('hour');
    await untilText(() => row(page, 'dresses').locator('td').nth(1), '1');
    await untilText(() => row(page, 'dresses').locator('td').nth(2), '2\u00a0min');

    await page.getByRole('radio', { name: 'Dwell' }).check({ force: true });
    await page.getByRole('list', { name: 'Colour scale' }).waitFor({ timeout: PATIENCE_MS });
    expect(await isPainted(page, [10.6, 2.6])).toBe(true);
    expect(await isPainted(page, [3, 2])).toBe(false);
    const hottest = page.getByRole('list', { name: 'Colour scale' }).locator('li').last();
    expect(await hottest.textContent()).toMatch(/1\u00a0min/);

    await page.locator('#floor').getByLabel('Period').selectOption('quarter');
    await page.getByRole('radio', { name: 'Passages' }).check({ force: true });
    await page.getByText('visits in each 25 cm square').waitFor({ timeout: PATIENCE_MS });

    await page.getByRole('radio', { name: 'Ways' }).check({ force: true });
    const ways = page.getByRole('list', { name: 'Ways, most travelled first' });
    await untilText(() => ways.locator('li').first(), 'entrance → dresses 1');
    expect(await page.locator('#floor [data-way="entrance → dresses"]').count()).toBe(1);
  });
  expect(watched.complaints).toEqual([]);
});

/** Whether the canvas over the plan has something at a place, metres of the plan. */
function isPainted(page: Page, [across, down]: readonly [number, number]): Promise<boolean> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('#floor canvas');
    const scale = canvas.width / 14;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(${across} * scale - 1, ${down} * scale - 1, 3, 3);
    return data.some((value, place) => place % 4 === 3 && value > 0);
  })()`);
}

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../runtime/ids.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';
import { startStoreRig, threeFaces, type StoreRig } from './store-rig.ts';

const ANNA = newId();
const BEN = newId();

let browser: TestBrowser;
let rig: StoreRig;
/** Visits so far; each journey adds its own. */
let visits = 0;

beforeAll(async () => {
  await buildDashboard();
  rig = await startStoreRig();
  browser = await launchBrowser();
  rig.names.set(ANNA, 'Anna Lindqvist');
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});

async function visitor(who: Parameters<StoreRig['visitor']>[0] = {}): Promise<void> {
  visits++;
  await rig.visitor(who);
}

/** What stands under a heading of the figures at the top. */
const figure = (page: Page, label: string) =>
  page.locator('dl[aria-label="Today"] > div', { hasText: label }).locator('dd').first();
const moments = (page: Page) => page.locator('#moments li[data-moment]');

/** Waits until a text is so, exactly or by a pattern; the page gets its news within seconds. */
async function untilText(locate: () => ReturnType<Page['locator']>, text: string | RegExp): Promise<void> {
  const poll = expect.poll(async () => (await locate().textContent())?.trim(), { timeout: 20_000 });
  await (typeof text === 'string' ? poll.toBe(text) : poll.toMatch(text));
}

describe('before the first visitor', () => {
  it('shows that nobody came yet, which is not "no data"', async () => {
    await rig.cameraConnects();
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await untilText(() => figure(page, 'Footfall today'), /^\s*0\s*$/);
      await page.getByText('No visits yet today').first().waitFor();
      await untilText(() => figure(page, 'Camera to screen'), 'No data');
      await page.getByText('Simulation', { exact: true }).waitFor();
      await page.locator('#floor').getByText('No camera watches the floor yet').waitFor();
    });
  });
});

describe('the live page', () => {
  it('shows a new visitor without a reload, with the way from camera to screen measured', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await untilText(() => page.getByTestId('connection'), 'Live');
      await visitor({ inLane: true });
      await moments(page).filter({ hasText: 'A visitor came in' }).first().waitFor();
      await untilText(() => moments(page).filter({ hasText: 'A visitor came in' }).first(), /\d\s(m?s|min)/);
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await untilText(() => figure(page, 'Camera to screen'), /\d\s(m?s|min)/);
    });
    expect(watched.complaints).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });

  it('counts what ClickHouse counts: footfall, share with both of its numbers, the hour', async () => {
    await visitor({ inLane: true, subjectKey: ANNA });
    await visitor({ inLane: true, subjectKey: BEN });
    await visitor();
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await untilText(() => figure(page, 'In the store now'), `${visits}`);
      await untilText(() => figure(page, 'Recognised in the lane'), '67%');
      await page.getByText(`2 of 3 in the lane · 2 of ${visits} visits`).waitFor();
      const hours = page.locator('#hours tbody td:first-of-type');
      const sum = async (): Promise<number> =>
        (await hours.allTextContents()).reduce((total, text) => total + (Number(text) || 0), 0);
      await expect.poll(sum, { timeout: 20_000 }).toBe(visits);
    });
  });

  it('names members who consent and nobody else, in the stream and on the picture', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      const anna = moments(page).filter({ hasText: 'Anna Lindqvist was recognised' });
      await anna.first().waitFor();
      await moments(page).filter({ hasText: 'A member was recognised' }).first().waitFor();
      rig.picture(threeFaces(ANNA));
      await page.locator('#camera .label.member', { hasText: 'Anna Lindqvist' }).waitFor();
      expect(await page.locator('#camera rect.face').count()).toBe(3);
      expect(await paintedPixels(page)).toBeGreaterThan(1000);

      rig.picture(threeFaces(BEN));
      await page.locator('#camera .label.member', { hasText: /^Member$/ }).waitFor();
      await anna.first().getByRole('button', { name: 'Why' }).click();
      await anna.first().getByText('0.312, accepted up to 0.465').waitFor();
    });
    expect(watched.complaints).toEqual([]);
  });

  it('takes a name off the screen when the consent to show it is withdrawn', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      const anna = page.getByText('Anna Lindqvist');
      await anna.first().waitFor();
      rig.names.delete(ANNA);
      await rig.withdrawsName(ANNA);
      await expect.poll(() => anna.count(), { timeout: 20_000 }).toBe(0);
      rig.names.set(ANNA, 'Anna Lindqvist');
    });
  });
});

describe('when something is missing', () => {
  it('says "no data" for a lost camera, and goes on when it is back', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      rig.picture();
      await page.locator('#camera canvas').waitFor();
      await rig.cameraLost();
      await page.getByText('No data: the camera is lost').waitFor();
      await page.getByRole('alert').filter({ hasText: 'Camera front-door is lost' }).waitFor();
      await untilText(() => figure(page, 'In the store now'), 'No data');
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await rig.cameraRecovers();
      rig.picture();
      await page.locator('#camera svg polygon.lane').waitFor();
      await untilText(() => figure(page, 'In the store now'), `${visits}`);
      expect(await page.getByRole('alert').count()).toBe(0);
    });
    expect(watched.complaints).toEqual([]);
  });

  it('says that the store does not answer, keeps the last numbers, and recovers by itself', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await rig.stopApi();
      await page.getByRole('alert').filter({ hasText: 'The store does not answer' }).waitFor();
      await untilText(() => page.getByTestId('connection'), /Offline|Connecting/);
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await visitor();
      await rig.startApi();
      await untilText(() => page.getByTestId('connection'), 'Live');
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      expect(await page.getByRole('alert').count()).toBe(0);
    });
    expect(watched.strangers).toEqual([]);
  });

  it('says that ClickHouse does not answer, while moments go on, and counts them when it is back', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await rig.withoutClickHouse(async () => {
        await visitor();
        await page
          .getByRole('alert')
          .filter({ hasText: 'ClickHouse does not answer' })
          .waitFor({ timeout: 60_000 });
        await moments(page).nth(0).waitFor();
      });
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      await expect.poll(() => page.getByRole('alert').count(), { timeout: 30_000 }).toBe(0);
    });
  });
});

describe('by keyboard, in the dark, on a phone', () => {
  it('goes round the colours with t and remembers the choice', async () => {
    const watched = await browser.open(rig.url, { colorScheme: 'light' });
    await browser.journey(watched, async (page) => {
      await page.getByRole('heading', { name: 'Atelier Nord' }).waitFor();
      const light = await ground(page);
      await page.keyboard.press('t');
      await page.keyboard.press('t');
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      const dark = await ground(page);
      expect(dark).not.toBe(light);
      await page.reload();
      await page.getByRole('heading', { name: 'Atelier Nord' }).waitFor();
      expect(await ground(page)).toBe(dark);
    });
  });

  it('follows the system until somebody chooses', async () => {
    const watched = await browser.open(rig.url, { colorScheme: 'dark' });
    await browser.journey(watched, async (page) => {
      await page.getByRole('heading', { name: 'Atelier Nord' }).waitFor();
      const dark = await ground(page);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await ground(page)).not.toBe(dark);
    });
  });

  it('shows the shortcuts with ?, closes them with Escape, and skips to the numbers', async () => {
    const watched = await browser.open(rig.url);
    await browser.journey(watched, async (page) => {
      await page.getByRole('heading', { name: 'Atelier Nord' }).waitFor();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toContain('Skip to the numbers');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keyboard' });
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.keyboard.press('d');
      await page.getByRole('button', { name: /Hide decisions/, expanded: true }).waitFor();
      await page.keyboard.press('m');
      expect(await page.evaluate('document.activeElement.id')).toBe('moments');
    });
    expect(watched.complaints).toEqual([]);
  });

  it('fits a phone: nothing sticks out at the side', async () => {
    const watched = await browser.open(rig.url, { viewport: { width: 360, height: 740 } });
    await browser.journey(watched, async (page) => {
      await untilText(() => figure(page, 'Footfall today'), `${visits}`);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
    });
  });
});

/** The colour of the page's ground. */
function ground(page: Page): Promise<string> {
  return page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}

/** How many pixels of the live picture are not empty. */
function paintedPixels(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('#camera canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let place = 3; place < data.length; place += 4) if (data[place] > 0) painted++;
    return painted;
  })()`);
}

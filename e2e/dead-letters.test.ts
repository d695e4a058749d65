import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';
import { startStoreRig, type StoreRig } from './store-rig.ts';

const REASON = 'expected JSON, found text of 14 characters that is not';
const PATIENCE_MS = 30_000;

let browser: TestBrowser;
let rig: StoreRig;

beforeAll(async () => {
  await buildDashboard();
  rig = await startStoreRig();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});

it('shows what was set aside, asks before it puts it back, and says that it was refused again and why', async () => {
  const watched = await browser.open(rig.url);
  await browser.journey(watched, async (page) => {
    const panel = page.locator('#dead-letters');
    await panel.getByText('Nothing has been set aside.').waitFor();

    await rig.poison('Anna Lindqvist');
    await panel.getByText('1 waiting').waitFor({ timeout: PATIENCE_MS });
    await panel.getByText(REASON).waitFor();
    expect(await panel.textContent()).not.toContain('Anna');

    // By keyboard alone: the button, the question, a no.
    await panel.getByRole('button', { name: 'Put all back' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Put 1 back into their topics?' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.getByTestId('replay-outcome').count()).toBe(0);

    await panel.getByRole('button', { name: /^Put back store\.presence\.v1/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Put back' }).click();
    await page
      .getByTestId('replay-outcome')
      .filter({ hasText: `1 put back, 1 again refused: ${REASON}` })
      .waitFor({ timeout: PATIENCE_MS });
    await panel.getByText('again refused', { exact: true }).waitFor();
  });
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's Chromium; another one through the environment. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** A page, with everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and exceptions nobody caught. */
  readonly complaints: string[];
  /** Addresses that were asked for outside of the page's own origin. */
  readonly strangers: string[];
}

export interface TestBrowser {
  /** Opens an address in a context of its own: nothing is remembered from another test. */
  open(url: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Runs a journey; when it fails, a picture of the page is left and the error says where. */
  journey(watched: WatchedPage, work: (page: Page) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function launchBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  return {
    async open(url, options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        ...options,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      const strangers: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== 'blob:' && origin !== new URL(url).origin) strangers.push(request.url());
      });
      await page.goto(url);
      return { page, complaints, strangers };
    },
    async journey({ page }, work) {
      try {
        await work(page);
      } catch (error) {
        const path = join(await mkdtemp(join(tmpdir(), 'smart-store-e2e-')), 'page.png');
        await page.screenshot({ path, fullPage: true }).catch(() => undefined);
        throw new Error(`The journey failed; the page looked like ${path}`, { cause: error });
      } finally {
        await page.context().close();
      }
    },
    close: () => browser.close(),
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../analytics/api/api.ts';
import { createCalibrationPort } from '../bin/calibration-port.ts';
import { createCameraBoard } from '../bin/camera-board.ts';
import { loadDeployment } from '../config/load.ts';
import type { Camera } from '../config/schema.ts';
import { connectClickHouse } from '../ingest/clickhouse/client.ts';
import { createDeadLetterDesk } from '../ingest/dead-letters/desk.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import { toCameraId } from '../runtime/ids.ts';
import { createLogger } from '../runtime/logger.ts';
import { ROOT } from '../runtime/paths.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-build.ts';
import { DOOR_SIZE, drawDoor } from './door-picture.ts';

const CAMERA_ID = toCameraId('ceiling-1');
/** The camera as it really hangs; the page is to find it from marked points. */
const truth = calibrate(
  {
    kind: 'pose',
    place: [4, 8.5],
    heightMetres: 3,
    bearingDegrees: 0,
    pitchDownDegrees: 35,
    rollDegrees: 0,
    horizontalFieldOfViewDegrees: 85,
  },
  DOOR_SIZE,
);
const CORNERS = [
  [3, 6],
  [5.4, 6.2],
  [6.5, 2],
  [2, 2.5],
  [4, 4],
  [5.5, 3.5],
] as const;

let browser: TestBrowser;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  await buildDashboard();
  const logger = createLogger('e2e', 'fatal');
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-calibrate-'));
  const log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  // Nobody listens on port 1: calibrating needs no ClickHouse.
  const clickhouse = connectClickHouse({ url: 'http://127.0.0.1:1', database: 'smart_store' });
  const [demo] = loadDeployment(join(ROOT, 'config/demo/store.yaml')).stores;
  const camera: Camera = {
    id: CAMERA_ID,
    purpose: 'ceiling',
    source: { kind: 'test', pattern: 'smpte' },
    size: DOOR_SIZE,
    framesPerSecond: 15,
    lanes: [],
    ignore: [],
    detectionsPerSecond: 5,
    stallSeconds: 5,
  };
  const store = { ...demo!, cameras: [camera] };
  const board = createCameraBoard(store.cameras, () => true);
  const { width, height } = DOOR_SIZE;
  board.show({ kind: 'camera-connected', cameraId: CAMERA_ID, atMs: Date.now(), width, height });
  board.show({ kind: 'picture', cameraId: CAMERA_ID, atMs: Date.now(), jpeg: await drawDoor() });
  const api = createApi({
    store: { ...store, simulated: true, openingHours: CLOSED },
    clickhouse,
    deadLetters: createDeadLetterDesk(log),
    live: { subscribe: () => () => undefined },
    cameras: board,
    calibration: createCalibrationPort(store),
    nameOf: () => undefined,
    networks: () => [],
    health: () => [],
    logger,
    dashboardDir: join(ROOT, 'dashboard/dist'),
  });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
  browser = await launchBrowser();
  close = async () => {
    await browser.close();
    await api.close();
    await log.close();
    await clickhouse.close();
    await rm(folder, { recursive: true });
  };
});
afterAll(() => close());

const CLOSED = {
  monday: null,
  tuesday: null,
  wednesday: null,
  thursday: null,
  friday: null,
  saturday: null,
  sunday: null,
};

describe('calibrating a camera in the page', () => {
  it('from marked and dragged points, says how good it is, and which point is wrong', async () => {
    const watched = await browser.open(`${url}/#calibrate`, { viewport: { width: 1400, height: 1400 } });
    await browser.journey(watched, async (page) => {
      const sides = await sidesOf(page);
      const verdict = page.getByTestId('verdict');
      await verdict.getByText('Mark 4 more points').waitFor();

      for (const corner of CORNERS) {
        await sides.inPicture(corner, (x, y) => page.mouse.click(x, y));
        await sides.onPlan(corner, (x, y) => page.mouse.click(x, y));
      }
      await verdict.getByText(/^Usable: the points are \d+\.\d cm off/).waitFor();
      expect(await page.locator('#picture polyline').count()).toBeGreaterThan(8);
      const height = /hangs (\d+\.\d+) m high/.exec((await page.locator('#verdict').textContent()) ?? '');
      expect(Number(height?.[1])).toBeGreaterThan(2.8);
      expect(Number(height?.[1])).toBeLessThan(3.2);
      const text = await page.getByTestId('yaml').textContent();
      expect(text).toContain('kind: points');
      expect(text?.match(/image:/g)).toHaveLength(CORNERS.length);

      const third = page.getByRole('button', { name: 'Point 3 on the plan' });
      const [across, down] = CORNERS[2];
      await drag(page, third, await sides.planPixel([across - 1.5, down + 1]));
      await verdict.getByText(/^Not usable: found point 3, which the others see \d+ cm away/).waitFor();
      expect(await page.locator('tr.wrong').getAttribute('data-point')).toBe('3');

      await drag(page, third, await sides.planPixel([across, down]));
      await verdict.getByText(/^Usable/).waitFor();
    });
    expect(watched.complaints).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });

  it('by keyboard alone: marks a point, moves it with the arrow keys, removes it', async () => {
    const watched = await browser.open(`${url}/#calibrate/${CAMERA_ID}`);
    await browser.journey(watched, async (page) => {
      await page.getByRole('button', { name: /Mark a point in the picture/ }).press('Enter');
      await page.getByRole('button', { name: /Mark a point on the plan/ }).press('Enter');
      const row = page.locator('tr[data-point="1"] td').first();
      const before = await row.textContent();
      const point = page.getByRole('button', { name: 'Point 1 on the plan' });
      await point.press('ArrowRight');
      await point.press('Shift+ArrowRight');
      expect(acrossOf(await row.textContent()) - acrossOf(before)).toBeCloseTo(0.55, 5);
      await point.press('Delete');
      await page.getByTestId('verdict').getByText('Mark 4 more points').waitFor();
    });
    expect(watched.complaints).toEqual([]);
  });
});

/** From metres to what the mouse is told. */
async function sidesOf(page: Page) {
  type Place = readonly [number, number];
  type Work = (x: number, y: number) => Promise<void>;
  const picture = await boxOf(page.locator('#picture canvas'));
  const plan = await boxOf(page.getByRole('button', { name: /Mark a point on the plan/ }));
  const { widthMetres, heightMetres } = loadDeployment(join(ROOT, 'config/demo/store.yaml')).stores[0]!
    .floorPlan;
  const planPixel = ([across, down]: Place): Promise<readonly [number, number]> =>
    Promise.resolve([
      plan.x + (across / widthMetres) * plan.width,
      plan.y + (down / heightMetres) * plan.height,
    ]);
  return {
    planPixel,
    async inPicture(place: Place, work: Work) {
      const seen = truth.toImage(place)!;
      await work(
        picture.x + (seen[0] / DOOR_SIZE.width) * picture.width,
        picture.y + (seen[1] / DOOR_SIZE.height) * picture.height,
      );
    },
    async onPlan(place: Place, work: Work) {
      await work(...(await planPixel(place)));
    },
  };
}

async function boxOf(locator: Locator) {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error('nothing is drawn there');
  return box;
}

async function drag(page: Page, what: Locator, [x, y]: readonly [number, number]): Promise<void> {
  const from = await boxOf(what.locator('.ring'));
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 5, y + 5, { steps: 4 });
  await page.mouse.move(x, y);
  await page.mouse.up();
}

function acrossOf(text: string | null): number {
  return Number(/^[\d.]+/.exec(text?.trim() ?? '')?.[0]);
}

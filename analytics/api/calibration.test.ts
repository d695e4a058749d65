import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { createDeadLetterDesk } from '../../ingest/dead-letters/desk.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { createLogger } from '../../runtime/logger.ts';
import { createApi } from './api.ts';
import type { CalibrationAnswer, CalibrationWish, CameraCalibration } from './schemas/calibration.ts';

const CONFIGURED: CameraCalibration = {
  cameraId: 'ceiling',
  kind: 'pose',
  size: { width: 640, height: 360 },
  points: [],
  horizontalFieldOfViewDegrees: null,
  grid: [],
  plan: { widthMetres: 10, heightMetres: 9, fixtures: [], zones: [] },
};
const ANSWER: CalibrationAnswer = {
  usable: false,
  fault: { expected: 'this', found: 'that', next: 'do it again' },
  warnings: ['four points only'],
  rmsCm: 1.2,
  points: [{ residualCm: 1.2, othersCm: null }],
  suspect: 0,
  camera: null,
  grid: [
    [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
  ],
  yaml: 'calibration:\n',
};
const WISH: CalibrationWish = {
  points: [
    { image: [0.1, 0.2], floor: [1, 2] },
    { image: [0.9, 0.2], floor: [8, 2] },
    { image: [0.9, 0.9], floor: [7, 6] },
    { image: [0.1, 0.9], floor: [2, 6] },
  ],
};
const clickhouse = connectClickHouse({ url: 'http://127.0.0.1:1', database: 'smart_store' });
const asked: CalibrationWish[] = [];
let app: FastifyInstance;
let log: EmbeddedLog;
let folder: string;

beforeAll(async () => {
  const logger = createLogger('test', 'silent');
  folder = await mkdtemp(join(tmpdir(), 'smart-store-api-'));
  log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  const day = { opens: '10:00', closes: '20:00' };
  app = createApi({
    store: {
      id: 'demo',
      title: 'Atelier Nord',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      simulated: true,
      openingHours: {
        monday: day,
        tuesday: day,
        wednesday: day,
        thursday: day,
        friday: day,
        saturday: day,
        sunday: null,
      },
    },
    clickhouse,
    live: { subscribe: () => () => undefined },
    cameras: {
      list: () => [],
      overlay: () => undefined,
      picture: () => undefined,
      subscribe: () => () => undefined,
    },
    calibration: {
      configured: (id) => (id === 'ceiling' ? CONFIGURED : undefined),
      solve: (id, wish) => {
        asked.push(wish);
        return id === 'ceiling' ? ANSWER : undefined;
      },
    },
    nameOf: () => undefined,
    deadLetters: createDeadLetterDesk(log),
    networks: () => [],
    health: () => [],
    logger,
  });
});
afterAll(async () => {
  await app.close();
  await log.close();
  await clickhouse.close();
  await rm(folder, { recursive: true });
});

const solve = (body: unknown, cameraId = 'ceiling') =>
  app.inject({
    method: 'POST',
    url: `/api/v1/cameras/${cameraId}/calibration/solve`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });

describe('the calibration of a camera', () => {
  it('is told with the plan to do it on', async () => {
    const answer = await app.inject('/api/v1/cameras/ceiling/calibration');
    expect(answer.json()).toEqual(CONFIGURED);
  });

  it('is solved, and a bad one is an answer too: who marks points wants to see what is wrong', async () => {
    const answer = await solve({ ...WISH, horizontalFieldOfViewDegrees: 80 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(ANSWER);
    expect(asked.at(-1)).toEqual({ ...WISH, horizontalFieldOfViewDegrees: 80 });
  });

  it.each<[string, unknown]>([
    ['three points', { points: WISH.points.slice(1) }],
    ['a point outside of the picture', { points: [...WISH.points, { image: [1.2, 0], floor: [1, 1] }] }],
    ['a place of one number', { points: [...WISH.points, { image: [0.2, 0], floor: [1] }] }],
    ['an angle that no lens has', { ...WISH, horizontalFieldOfViewDegrees: 200 }],
    ['words nobody knows', { ...WISH, distortion: 1 }],
    ['a hundred points', { points: Array.from({ length: 100 }, () => WISH.points[0]) }],
  ])('is not solved from %s', async (_, body) => {
    const before = asked.length;
    const answer = await solve(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'request.invalid' });
    expect(asked.length).toBe(before);
  });

  it('of a camera that is not there is a problem', async () => {
    expect((await solve(WISH, 'roof')).json()).toMatchObject({ code: 'camera.not-found' });
    const answer = await app.inject('/api/v1/cameras/roof/calibration');
    expect(answer.statusCode).toBe(404);
  });

  it('is not solved for a page of another server', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/cameras/ceiling/calibration/solve',
      headers: { 'content-type': 'application/json', origin: 'http://elsewhere.example' },
      payload: JSON.stringify(WISH),
    });
    expect(answer.statusCode).toBe(403);
  });
});

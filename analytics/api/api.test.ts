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
import type { ApiDeps, SeenOverlay } from './ports.ts';
import type { CameraStatus } from './schemas/camera.ts';
import type { Component } from './schemas/health.ts';
import type { Problem } from './schemas/problem.ts';

/** Nobody listens on port 1: a ClickHouse that is really not there. */
const clickhouse = connectClickHouse({ url: 'http://127.0.0.1:1', database: 'smart_store' });
const camera: CameraStatus = {
  id: 'front-door',
  purpose: 'door',
  simulated: true,
  state: 'live',
  since: '2026-11-22T09:00:00.000Z',
  detail: null,
  width: 1280,
  height: 720,
  framesPerSecond: 15,
  lanes: [],
  entranceLine: null,
};
const overlay: SeenOverlay = {
  cameraId: 'front-door',
  atMs: 1_795_000_000_123,
  framesPerSecond: 15,
  dropped: 2,
  faces: [
    {
      trackId: 't',
      boxXyxy: [1, 2, 3, 4],
      inLane: true,
      state: { kind: 'member', subjectKey: 'k', distance: 0.3 },
    },
  ],
};
const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]);
let components: readonly Component[] | Error = [];

const deps: Omit<ApiDeps, 'deadLetters'> = {
  store: {
    id: 'demo',
    title: 'Atelier Nord',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    openingHours: {
      monday: { opens: '10:00', closes: '20:00' },
      tuesday: null,
      wednesday: null,
      thursday: null,
      friday: null,
      saturday: null,
      sunday: null,
    },
    simulated: true,
  },
  clickhouse,
  live: { subscribe: () => () => undefined },
  cameras: {
    list: () => [camera, { ...camera, id: 'back-door', state: 'connecting' }],
    overlay: (id) => (id === 'front-door' ? overlay : undefined),
    picture: (id) => (id === 'front-door' ? { jpeg, atMs: 1_795_000_000_123 } : undefined),
    subscribe: () => () => undefined,
  },
  nameOf: () => undefined,
  networks: () => [{ task: 'face detection', name: 'blazeface', why: 'comes with npm' }],
  health: () => {
    if (components instanceof Error) throw components;
    return components;
  },
  logger: createLogger('test', 'silent'),
};

let app: FastifyInstance;
let folder: string;
let log: EmbeddedLog;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-store-api-'));
  log = openEmbeddedLog({ path: join(folder, 'events.db'), logger: deps.logger });
  app = createApi({ ...deps, deadLetters: createDeadLetterDesk(log) });
});
afterAll(async () => {
  await app.close();
  await log.close();
  await rm(folder, { recursive: true });
  await clickhouse.close();
});

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers });

describe('the store and its cameras', () => {
  it('tells the store with the networks in use', async () => {
    const answer = await get('/api/v1/store');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ...deps.store, networks: deps.networks(), floor: false });
  });

  it('tells every camera as it is', async () => {
    const answer = await get('/api/v1/cameras');
    expect(answer.json()).toEqual({ cameras: deps.cameras.list() });
  });

  it('sends the picture with its capture time, never to be kept', async () => {
    const answer = await get('/api/v1/cameras/front-door/picture.jpg');
    expect(answer.rawPayload).toEqual(Buffer.from(jpeg));
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'captured-at-ms': '1795000000123',
      'cache-control': 'no-store',
    });
  });

  it('tells the overlay, with no name that may not be shown', async () => {
    const answer = await get('/api/v1/cameras/front-door/overlay');
    expect(answer.json()).toMatchObject({ faces: [{ state: { kind: 'member', name: null } }] });
  });
});

describe('problems', () => {
  it.each([
    ['/api/v1/nothing', 404, 'route.not-found'],
    ['/api/v1/cameras/roof/picture.jpg', 404, 'camera.not-found'],
    ['/api/v1/cameras/back-door/picture.jpg', 404, 'picture.not-available'],
    ['/api/v1/cameras/back-door/overlay', 404, 'overlay.not-available'],
    ['/api/v1/cameras/%2e%2e%2fetc/overlay', 400, 'request.invalid'],
    ['/api/v1/moments?limit=0', 400, 'request.invalid'],
    ['/api/v1/moments?limit=many', 400, 'request.invalid'],
    ['/api/v1/visits-by-hour?day=yesterday', 400, 'request.invalid'],
    ['/api/v1/visits-by-hour?day=2026-02-30', 400, 'request.invalid'],
    ['/api/v1/summary', 503, 'analytics.unavailable'],
    ['/api/v1/moments', 503, 'analytics.unavailable'],
    ['/api/v1/visits-by-hour', 503, 'analytics.unavailable'],
  ])('GET %s answers %i %s', async (url, status, code) => {
    const answer = await get(url);
    const problem = answer.json<Problem>();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(problem).toMatchObject({ status, code, type: `urn:smart-store:problem:${code}` });
    expect(problem.instance).toMatch(/^urn:uuid:/);
  });

  it('points at what is wrong in a request', async () => {
    const { errors } = (await get('/api/v1/moments?limit=0')).json<Problem>();
    expect(errors?.[0]?.pointer).toBe('/querystring/limit');
  });

  it('keeps the inside inside: no address, no stack, no cause', async () => {
    const { body } = await get('/api/v1/summary');
    expect(body).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|\.ts/);
  });
});

describe('security', () => {
  it('allows the page nothing but its own files', async () => {
    const { headers } = await get('/api/v1/store');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    ['localhost:8080', 200],
    ['127.0.0.1', 200],
    ['[::1]:8080', 200],
    ['evil.example', 421],
    ['evil.example:8080', 421],
  ])('asked for as %s it answers %i', async (host, status) => {
    expect((await get('/api/v1/store', { host })).statusCode).toBe(status);
  });
});

describe('health', () => {
  it('is alive', async () => {
    expect((await get('/healthz')).json()).toMatchObject({ alive: true });
  });

  it.each<[string, readonly Component['state'][], number]>([
    ['everything works', ['ok', 'ok'], 200],
    ['something works badly', ['ok', 'degraded'], 200],
    ['something does not work', ['degraded', 'down'], 503],
  ])('%s', async (_what, states, status) => {
    components = states.map((state, index) => ({ name: `part ${index}`, state, detail: 'as said' }));
    const answer = await get('/readyz');
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ ready: status === 200, components });
  });

  it('is not ready when it can not be told how things are', async () => {
    components = new Error('no answer');
    const answer = await get('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ ready: false, components: [{ name: 'health', state: 'down' }] });
  });
});

describe('the API description', () => {
  it('is OpenAPI 3.1 and has every route with an id and what it answers', async () => {
    const description = (await get('/api/openapi.json')).json<OpenApi>();
    expect(description.openapi).toBe('3.1.0');
    const operations = Object.values(description.paths).flatMap(({ get, post }) =>
      [get, post].filter((operation) => operation !== undefined),
    );
    expect(operations.length).toBeGreaterThanOrEqual(10);
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length);
    for (const operation of operations) expect(Object.keys(operation.responses)).toContain('200');
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, { get?: Operation; post?: Operation }>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, unknown>;
}

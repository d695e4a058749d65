import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { deadLetterRecord } from '../../ingest/dead-letters/dead-letter.ts';
import { createDeadLetterDesk } from '../../ingest/dead-letters/desk.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { createLogger } from '../../runtime/logger.ts';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { openapi } from './plugins/openapi.ts';
import { ownRequests } from './plugins/own-requests.ts';
import { problemDetails } from './plugins/problem-details.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { deadLetterRoutes } from './routes/dead-letter-routes.ts';
import type { DeadLetterContent, DeadLetters, ReplayOutcome } from './schemas/dead-letter.ts';

const PRESENCE = 'store.presence.v1';
const NEWER = 'expected visit.started of version 1, found version 2: a newer release wrote it';
const BROKEN = 'expected JSON, found text of 5 characters that is not';
const URL = '/api/v1/dead-letters';
const SECRET = 'Anna Lindqvist';

let folder: string;
let log: EmbeddedLog;
let app: FastifyInstance;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-store-letters-'));
  const logger = createLogger('test', 'silent');
  log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  app = fastify().setValidatorCompiler(TypeBoxValidatorCompiler);
  app.register(problemDetails);
  app.register(securityHeaders, {});
  app.register(ownRequests);
  app.register(openapi);
  app.register(deadLetterRoutes, { deadLetters: createDeadLetterDesk(log), logger });
  return async () => {
    await app.close();
    await log.close();
    await rm(folder, { recursive: true });
  };
});

/** Sets records aside as a sink does, the first at `offset`. */
async function setAside(offset: number, reason: string, ...texts: string[]): Promise<void> {
  await log.append(
    texts.map((text, index) =>
      deadLetterRecord(
        {
          topic: PRESENCE,
          partition: 0,
          offset: offset + index,
          key: 'k',
          value: Buffer.from(text),
          headers: {},
          appendedAtMs: Date.now(),
        },
        reason,
      ),
    ),
  );
}

async function list(query = ''): Promise<DeadLetters> {
  const answer = await app.inject(`${URL}${query}`);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.json<DeadLetters>();
}

const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: `${URL}${path}`, payload, headers });
const presenceRecords = async (): Promise<number> =>
  (await log.lag('count')).filter(({ topic }) => topic === PRESENCE).reduce((sum, { lag }) => sum + lag, 0);

describe('the list', () => {
  it('is empty when nothing was set aside', async () => {
    expect(await list()).toEqual({
      waiting: 0,
      older: 0,
      reasons: [],
      moreReasons: 0,
      deadLetters: [],
      next: null,
    });
  });

  it('has the newest first, grouped by reason, without content', async () => {
    await setAside(7, NEWER, `{"type":"visit.started","name":"${SECRET}"}`, `{"type":"${SECRET}"}`);
    await setAside(20, BROKEN, SECRET);
    const answer = await list();
    expect(answer).toMatchObject({
      waiting: 3,
      reasons: [
        { reason: NEWER, waiting: 2 },
        { reason: BROKEN, waiting: 1 },
      ],
      deadLetters: [
        {
          id: `${PRESENCE}/0/20`,
          reason: BROKEN,
          eventType: null,
          sizeBytes: 14,
          replayedAt: null,
          replayOf: null,
        },
        { id: `${PRESENCE}/0/8`, eventType: null },
        { id: `${PRESENCE}/0/7`, eventType: 'visit.started' },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('Anna');
  });

  it('is told page by page, of one reason where that is asked', async () => {
    await setAside(0, NEWER, ...Array.from({ length: 5 }, () => '{}'));
    await setAside(9, BROKEN, 'x');
    const query = `?limit=2&reason=${encodeURIComponent(NEWER)}`;
    const ids: string[] = [];
    let next: string | null = null;
    do {
      const page: DeadLetters = await list(
        next === null ? query : `${query}&after=${encodeURIComponent(next)}`,
      );
      ids.push(...page.deadLetters.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(ids).toEqual([4, 3, 2, 1, 0].map((offset) => `${PRESENCE}/0/${offset}`));
  });
});

it('shows the content of one that is asked for, with a warning', async () => {
  await setAside(7, BROKEN, SECRET);
  const answer = await app.inject(`${URL}/${encodeURIComponent(`${PRESENCE}/0/7`)}`);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json<DeadLetterContent>()).toMatchObject({
    id: `${PRESENCE}/0/7`,
    text: SECRET,
    base64: Buffer.from(SECRET).toString('base64'),
    truncated: false,
    warning: expect.stringContaining('personal data') as string,
  });
});

describe('putting back', () => {
  it('one: it is in its topic again, once, however often it is asked', async () => {
    await setAside(7, BROKEN, 'x', 'y');
    const path = `/${encodeURIComponent(`${PRESENCE}/0/7`)}/replay`;
    const answers = await Promise.all([post(path, {}), post(path, {}), post(path, {})]);
    const outcomes = answers.map((answer) => answer.json<ReplayOutcome>());
    expect(outcomes.map(({ replayed }) => replayed).sort()).toEqual([0, 0, 1]);
    expect(outcomes.flatMap(({ why }) => why)).toEqual([
      expect.stringMatching(/^replayed on /) as string,
      expect.stringMatching(/^replayed on /) as string,
    ]);
    expect(await presenceRecords()).toBe(1);
    expect(await list()).toMatchObject({ waiting: 1, deadLetters: [{ id: `${PRESENCE}/0/8` }] });
    expect((await list('?state=all')).deadLetters[1]).toMatchObject({
      replayedAt: expect.stringMatching(/Z$/) as string,
    });
  });

  it('all of one reason, then all', async () => {
    await setAside(0, NEWER, '{}', '{}');
    await setAside(9, BROKEN, 'x');
    expect((await post('/replay', { reason: NEWER })).json()).toEqual({ replayed: 2, skipped: 0, why: [] });
    expect((await post('/replay', { all: true })).json()).toEqual({ replayed: 1, skipped: 0, why: [] });
    expect((await post('/replay', { all: true })).json()).toEqual({ replayed: 0, skipped: 0, why: [] });
    expect(await presenceRecords()).toBe(3);
  });

  it('tells of a letter whose replay was refused again which one it was', async () => {
    await setAside(7, NEWER, '{}');
    await post('/replay', { all: true });
    const origin = { topic: PRESENCE, partition: 0, offset: 30, key: 'k', value: Buffer.from('{}') };
    const headers = { 'replay-of': `${PRESENCE}/0/7` };
    await log.append([deadLetterRecord({ ...origin, headers, appendedAtMs: Date.now() }, NEWER)]);
    expect((await list()).deadLetters).toMatchObject([
      { id: `${PRESENCE}/0/30`, replayOf: `${PRESENCE}/0/7` },
    ]);
  });
});

describe('a request is refused', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, string, Record<string, string>, string, number, string]>([
    [
      'from a page of another server',
      '/replay',
      { ...json, origin: 'https://evil.example' },
      '{"all":true}',
      403,
      'origin.foreign',
    ],
    [
      'from a page without an origin',
      '/replay',
      { ...json, origin: 'null' },
      '{"all":true}',
      403,
      'origin.foreign',
    ],
    [
      'that a browser calls cross-site',
      '/replay',
      { ...json, 'sec-fetch-site': 'cross-site' },
      '{"all":true}',
      403,
      'origin.foreign',
    ],
    [
      'in the form of a form',
      '/replay',
      { 'content-type': 'text/plain' },
      '{"all":true}',
      415,
      'request.media-type',
    ],
    ['without a form at all', '/replay', {}, '', 415, 'request.media-type'],
    ['that does not say which', '/replay', json, '{}', 400, 'request.invalid'],
    ['that says two things', '/replay', json, '{"all":true,"reason":"x"}', 400, 'request.invalid'],
    ['for a letter that is none', '/x%2F0%2F1/replay', json, '{}', 404, 'dead-letter.not-found'],
  ])('%s', async (_, path, headers, payload, status, code) => {
    await setAside(7, BROKEN, 'x');
    const answer = await app.inject({ method: 'POST', url: `${URL}${path}`, headers, payload });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    expect(await presenceRecords()).toBe(0);
  });

  it('is taken from a page of this server', async () => {
    await setAside(7, BROKEN, 'x');
    const headers = {
      origin: 'http://localhost:8080',
      host: 'localhost:8080',
      'sec-fetch-site': 'same-origin',
    };
    expect((await post('/replay', { all: true }, headers)).statusCode).toBe(200);
  });

  it.each([
    ['?limit=0', 400],
    ['?after=x%2F0%2F1', 400],
    ['/x%2F0%2F1', 404],
  ])('GET %s', async (path, status) => {
    expect((await app.inject(`${URL}${path}`)).statusCode).toBe(status);
  });
});

import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { createLogger } from '../../runtime/logger.ts';
import { createFloorReads } from './floor-reads.ts';
import { openapi } from './plugins/openapi.ts';
import { ownRequests } from './plugins/own-requests.ts';
import { problemDetails } from './plugins/problem-details.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import type { FloorPersonSeen, FloorPort } from './ports.ts';
import { floorRoutes } from './routes/floor-routes.ts';
import type { FloorPlan, FloorSnapshot } from './schemas/floor.ts';

const VISIT = '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e';
const ANNA = '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa';
const plan: FloorPlan = {
  widthMetres: 14,
  heightMetres: 9,
  fixtures: [],
  zones: [],
  lines: [],
  cameras: [],
};
const person: FloorPersonSeen = {
  visitId: VISIT,
  place: [1.5, 2],
  accuracyMetres: 0.2,
  zones: ['shelf'],
  subjectKey: ANNA,
  staff: false,
  seenSecondsAgo: 0,
  simulated: true,
};

let app: FastifyInstance;
let marked: string[];
let names: Map<string, string>;
/** Nobody listens on port 1: a ClickHouse that is really not there. */
const clickhouse = connectClickHouse({ url: 'http://127.0.0.1:1', database: 'smart_store' });

function start(floor: FloorPort | undefined): void {
  app = fastify().setValidatorCompiler(TypeBoxValidatorCompiler);
  app.register(problemDetails);
  app.register(securityHeaders, {});
  app.register(ownRequests);
  app.register(openapi);
  app.register(floorRoutes, {
    floor,
    reads:
      floor &&
      createFloorReads(
        {
          clickhouse,
          store: {
            id: 'demo',
            title: 'Atelier Nord',
            timeZone: 'Europe/Berlin',
            currency: 'EUR',
            simulated: true,
            openingHours: {
              monday: null,
              tuesday: null,
              wednesday: null,
              thursday: null,
              friday: null,
              saturday: null,
              sunday: null,
            },
          },
        },
        floor,
      ),
    timeZone: 'Europe/Berlin',
    nameOf: (subjectKey) => names.get(subjectKey),
    logger: createLogger('test', 'silent'),
  });
}

beforeEach(() => {
  marked = [];
  names = new Map([[ANNA, 'Anna']]);
});
afterEach(() => app.close());

const floor: FloorPort = {
  positionSeconds: 1,
  plan: () => plan,
  snapshot: (atMs) => ({
    atMs,
    people: [person, { ...person, visitId: `${VISIT.slice(0, -1)}f`, subjectKey: undefined, heading: 1 }],
    occupancy: null,
    zones: [{ name: 'shelf', people: 2 }],
    queues: [{ name: 'till', length: null, longestWaitSeconds: null }],
    cameras: [{ cameraId: 'over-floor', live: false }],
  }),
  markStaff: (visitId) => {
    marked.push(visitId);
    return visitId === VISIT;
  },
};

describe('the floor', () => {
  it('tells the plan', async () => {
    start(floor);
    expect((await app.inject('/api/v1/floor/plan')).json()).toEqual(plan);
  });

  it('tells who is where, never a pseudonym, a name only with consent, and null for what nobody knows', async () => {
    start(floor);
    const answer = await app.inject('/api/v1/floor/live');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).not.toContain(ANNA);
    const { people, occupancy, queues } = answer.json<FloorSnapshot>();
    expect(people.map(({ member, name, heading }) => [member, name, heading])).toEqual([
      [true, 'Anna', null],
      [false, null, 1],
    ]);
    expect([occupancy, queues[0]?.length]).toEqual([null, null]);
    names.clear();
    expect((await app.inject('/api/v1/floor/live')).json<FloorSnapshot>().people[0]).toMatchObject({
      member: true,
      name: null,
    });
  });

  it.each(['plan', 'live', 'heat-map', 'zones', 'queues', 'transitions'])(
    'without ceiling cameras there is no %s, and the answer says what to do',
    async (what) => {
      start(undefined);
      const answer = await app.inject(`/api/v1/floor/${what}`);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'floor.not-available']);
      expect(answer.json<{ detail: string }>().detail).toContain('purpose: ceiling');
    },
  );

  it.each([
    ['heat-map?by=dwell&cell=0.3', 400],
    ['heat-map?by=age', 400],
    ['zones?from=yesterday', 400],
    ['zones?from=2026-02-30T10:00', 400],
    ['zones?from=2026-11-22T11:00:00.000Z&to=2026-11-22T10:00:00.000Z', 400],
    ['zones?from=2999-01-01T00:00:00.000Z&to=2999-01-01T01:00:00.000Z', 400],
    ['queues?from=2020-01-01T00:00', 400],
    ['transitions?from=2026-11-22T10:00&to=2026-11-22T11:00', 503],
    ['heat-map?by=passage&cell=0.5', 503],
  ])('GET %s answers %i', async (query, status) => {
    start(floor);
    expect((await app.inject(`/api/v1/floor/${query}`)).statusCode).toBe(status);
  });
});

describe('marking staff', () => {
  const post = (visitId: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/api/v1/floor/visits/${visitId}/staff`, payload: {}, headers });

  it('marks a visit that is there', async () => {
    start(floor);
    expect((await post(VISIT)).json()).toEqual({ visitId: VISIT, staff: true });
    expect(marked).toEqual([VISIT]);
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['a visit that is over', ANNA, {}, 404, 'visit.not-found'],
    ['no id', 'anna', {}, 400, 'request.invalid'],
    ['from a foreign page', VISIT, { origin: 'https://evil.example' }, 403, 'origin.foreign'],
  ])('refuses %s', async (_what, visitId, headers, status, code) => {
    start(floor);
    const answer = await post(visitId, headers);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    if (status !== 404) expect(marked).toEqual([]);
  });
});

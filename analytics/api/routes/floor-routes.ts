import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import { floorSnapshotOf } from '../live/floor-snapshot-of.ts';
import { floorPeriod, INSTANT_PATTERN, type FloorPeriod } from '../floor-period.ts';
import type { FloorReads } from '../floor-reads.ts';
import type { ApiDeps, FloorPort } from '../ports.ts';
import {
  FloorHeatMap,
  FloorPlan,
  FloorQueues,
  FloorSnapshot,
  FloorTransitions,
  FloorZones,
} from '../schemas/floor.ts';
import { Problem } from '../schemas/problem.ts';

export interface FloorRoutesOptions extends Pick<ApiDeps, 'nameOf' | 'logger'> {
  readonly floor: FloorPort | undefined;
  /** There where `floor` is. */
  readonly reads: FloorReads | undefined;
  readonly timeZone: string;
}

const Closed = { additionalProperties: false };
const VISIT_PARAMS = Type.Object({ visitId: Type.String({ pattern: '^[0-9a-f-]{36}$' }) });

const INSTANT = Type.String({
  pattern: INSTANT_PATTERN,
  description: "UTC (2026-11-22T07:46:45.123Z), or what the store's clocks show (2026-11-22T08:46)",
});
const PERIOD = {
  from: Type.Optional(INSTANT),
  to: Type.Optional(INSTANT),
};
const PERIOD_QUERY = Type.Object(PERIOD, {
  ...Closed,
  description: 'from the midnight of the store until now, unless said otherwise',
});
const HEAT_QUERY = Type.Object(
  {
    ...PERIOD,
    by: Type.Optional(
      Type.Union([Type.Literal('dwell'), Type.Literal('passage')], {
        default: 'dwell',
        description: 'person-seconds, or distinct visits',
      }),
    ),
    cell: Type.Optional(
      Type.Union([Type.Literal('0.25'), Type.Literal('0.5'), Type.Literal('1')], {
        default: '0.25',
        description: 'the side of a cell in metres',
      }),
    ),
  },
  Closed,
);
const CELLS = { '0.25': 1, '0.5': 2, '1': 4 } as const;
const PERIOD_ANSWERS = { 400: Problem, 404: Problem, 503: Problem };

const routes: FastifyPluginCallbackTypebox<FloorRoutesOptions> = (
  app,
  { floor, reads, timeZone, nameOf, logger },
  done,
) => {
  const periodOf = (query: { from?: string; to?: string }): FloorPeriod =>
    floorPeriod(query, timeZone, new Date());

  app.get(
    '/api/v1/floor/plan',
    {
      schema: {
        operationId: 'getFloorPlan',
        tags: ['floor'],
        summary: 'The floor plan in metres: fixtures, zones, lines, and what each camera sees of it',
        response: { 200: FloorPlan, 404: Problem },
      },
    },
    () => known(floor).plan(),
  );

  app.get(
    '/api/v1/floor/live',
    {
      schema: {
        operationId: 'getFloorSnapshot',
        tags: ['floor'],
        summary: 'Who is where just now, how many in each zone and queue; null where no camera watches',
        response: { 200: FloorSnapshot, 404: Problem },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return floorSnapshotOf(known(floor).snapshot(Date.now()), nameOf);
    },
  );

  app.get(
    '/api/v1/floor/heat-map',
    {
      schema: {
        operationId: 'getFloorHeatMap',
        tags: ['floor'],
        summary: 'Where people stood or walked in a period, by square cells of the plan; staff is left out',
        querystring: HEAT_QUERY,
        response: { 200: FloorHeatMap, ...PERIOD_ANSWERS },
      },
    },
    ({ query }) => known(reads).heatMap(periodOf(query), query.by ?? 'dwell', CELLS[query.cell ?? '0.25']),
  );

  app.get(
    '/api/v1/floor/zones',
    {
      schema: {
        operationId: 'getFloorZones',
        tags: ['floor'],
        summary: 'Visits, dwell and occupancy of each zone in a period; groups and durations of visits',
        querystring: PERIOD_QUERY,
        response: { 200: FloorZones, ...PERIOD_ANSWERS },
      },
    },
    ({ query }) => known(reads).zones(periodOf(query)),
  );

  app.get(
    '/api/v1/floor/queues',
    {
      schema: {
        operationId: 'getFloorQueues',
        tags: ['floor'],
        summary: 'Waits, length and who gave up, of each queue in a period',
        querystring: PERIOD_QUERY,
        response: { 200: FloorQueues, ...PERIOD_ANSWERS },
      },
    },
    ({ query }) => known(reads).queues(periodOf(query)),
  );

  app.get(
    '/api/v1/floor/transitions',
    {
      schema: {
        operationId: 'getFloorTransitions',
        tags: ['floor'],
        summary: 'From which zone people went to which in a period',
        querystring: PERIOD_QUERY,
        response: { 200: FloorTransitions, ...PERIOD_ANSWERS },
      },
    },
    ({ query }) => known(reads).transitions(periodOf(query)),
  );

  app.post(
    '/api/v1/floor/visits/:visitId/staff',
    {
      schema: {
        operationId: 'markStaff',
        tags: ['floor'],
        summary: 'Say that this visitor is staff: the visit is left out of every count, also backwards',
        params: VISIT_PARAMS,
        body: Type.Object({}, Closed),
        response: {
          200: Type.Object({ visitId: Type.String(), staff: Type.Literal(true) }, { title: 'MarkedStaff' }),
          400: Problem,
          403: Problem,
          404: Problem,
          415: Problem,
        },
      },
    },
    ({ params }) => {
      const { visitId } = params;
      if (!known(floor).markStaff(visitId)) throw new ApiError('visit.not-found');
      logger.info({ visitId }, 'a visit was marked as staff from the page');
      return { visitId, staff: true as const };
    },
  );
  done();
};

export const floorRoutes = fp(routes, {
  name: 'floor-routes',
  dependencies: ['problem-details', 'openapi', 'own-requests'],
  fastify: '5.x',
});

function known<Part extends FloorPort | FloorReads>(part: Part | undefined): Part {
  if (part !== undefined) return part;
  throw new ApiError(
    'floor.not-available',
    'The floor needs at least one camera with purpose: ceiling in the configuration; docs/configuration.md says how.',
  );
}

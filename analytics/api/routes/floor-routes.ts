import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import { floorSnapshotOf } from '../live/floor-snapshot-of.ts';
import type { ApiDeps, FloorPort } from '../ports.ts';
import { FloorPlan, FloorSnapshot } from '../schemas/floor.ts';
import { Problem } from '../schemas/problem.ts';

export interface FloorRoutesOptions extends Pick<ApiDeps, 'nameOf' | 'logger'> {
  readonly floor: FloorPort | undefined;
}

const Closed = { additionalProperties: false };
const VISIT_PARAMS = Type.Object({ visitId: Type.String({ pattern: '^[0-9a-f-]{36}$' }) });

const routes: FastifyPluginCallbackTypebox<FloorRoutesOptions> = (app, { floor, nameOf, logger }, done) => {
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

function known(floor: FloorPort | undefined): FloorPort {
  if (floor !== undefined) return floor;
  throw new ApiError(
    'floor.not-available',
    'The floor needs at least one camera with purpose: ceiling in the configuration; docs/configuration.md says how.',
  );
}

import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import fp from 'fastify-plugin';
import { momentOf } from '../live/moment-of.ts';
import type { ApiDeps } from '../ports.ts';
import type { AnalyticsReads } from '../reads.ts';
import { Moments } from '../schemas/moment.ts';
import { Problem } from '../schemas/problem.ts';
import { Store } from '../schemas/store.ts';
import { Summary } from '../schemas/summary.ts';
import { VisitsByHour } from '../schemas/visits-by-hour.ts';

export interface StoreRoutesOptions extends Pick<ApiDeps, 'store' | 'networks' | 'nameOf'> {
  readonly reads: AnalyticsReads;
  readonly hasFloor: boolean;
}

const MOMENTS_QUERY = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) },
  { additionalProperties: false },
);
const HOURS_QUERY = Type.Object(
  {
    day: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}$',
        description: "date in the store's time zone; today when missing",
      }),
    ),
  },
  { additionalProperties: false },
);

const routes: FastifyPluginCallbackTypebox<StoreRoutesOptions> = (
  app,
  { store, networks, nameOf, reads, hasFloor },
  done,
) => {
  app.get(
    '/api/v1/store',
    {
      schema: {
        operationId: 'getStore',
        tags: ['store'],
        summary: 'The shop: title, time zone, opening hours, networks in use',
        response: { 200: Store },
      },
    },
    () => ({ ...store, networks: [...networks()], floor: hasFloor }),
  );

  app.get(
    '/api/v1/summary',
    {
      schema: {
        operationId: 'getSummary',
        tags: ['store'],
        summary: 'Footfall, occupancy and recognised share of today',
        response: { 200: Summary, 503: Problem },
      },
    },
    () => reads.summary(),
  );

  app.get(
    '/api/v1/visits-by-hour',
    {
      schema: {
        operationId: 'getVisitsByHour',
        tags: ['store'],
        summary: 'Visits of one day, hour by hour',
        querystring: HOURS_QUERY,
        response: { 200: VisitsByHour, 400: Problem, 503: Problem },
      },
    },
    (request) => reads.visitsByHour(request.query.day),
  );

  app.get(
    '/api/v1/moments',
    {
      schema: {
        operationId: 'getMoments',
        tags: ['store'],
        summary: 'What happened last, newest first',
        querystring: MOMENTS_QUERY,
        response: { 200: Moments, 400: Problem, 503: Problem },
      },
    },
    async (request) => {
      const events = await reads.latestEvents(request.query.limit ?? 50);
      return { moments: events.flatMap((event) => momentOf(event, nameOf) ?? []) };
    },
  );
  done();
};

export const storeRoutes = fp(routes, {
  name: 'store-routes',
  dependencies: ['problem-details', 'openapi'],
  fastify: '5.x',
});

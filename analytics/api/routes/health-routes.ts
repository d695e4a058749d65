import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { messageOf } from '../../../runtime/errors.ts';
import type { ApiDeps } from '../ports.ts';
import { Liveness, Readiness, type Component } from '../schemas/health.ts';

export type HealthRoutesOptions = Pick<ApiDeps, 'health'>;

const routes: FastifyPluginCallbackTypebox<HealthRoutesOptions> = (app, { health }, done) => {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'getLiveness',
        tags: ['health'],
        summary: 'Whether this process answers at all',
        response: { 200: Liveness },
      },
    },
    () => ({ alive: true as const, uptimeSeconds: process.uptime() }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        tags: ['health'],
        summary: 'Whether the store works, part by part; 503 when a part is down',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const components = await ask(health);
      const ready = components.every(({ state }) => state !== 'down');
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ ready, at: new Date().toISOString(), components: [...components] });
    },
  );
  done();
};

/** A health check that itself fails is news about health, not an error of the API. */
async function ask(health: ApiDeps['health']): Promise<readonly Component[]> {
  try {
    return await health();
  } catch (error) {
    return [{ name: 'health', state: 'down', detail: `could not be asked: ${messageOf(error)}` }];
  }
}

export const healthRoutes = fp(routes, {
  name: 'health-routes',
  dependencies: ['problem-details', 'openapi'],
  fastify: '5.x',
});

import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { measure } from '../../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../../runtime/telemetry-metrics.ts';
import type { ApiDeps } from '../ports.ts';

export interface MetricsRoutesOptions {
  /** Without it there is no /metrics. */
  readonly metricsText: ApiDeps['metricsText'];
}

/** Prometheus chooses its parser by it. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** One label for every address that does not exist, of which a scanner tries thousands. */
const UNMATCHED = 'unmatched';

/** GET /metrics for Prometheus, and how long every answer of this server took. */
const routes: FastifyPluginCallbackTypebox<MetricsRoutesOptions> = (app, { metricsText }, done) => {
  app.addHook('onResponse', (request, reply, answered) => {
    measure(METRICS.httpDuration, reply.elapsedTime / 1000, {
      http_request_method: request.method,
      http_route: request.routeOptions.url ?? UNMATCHED,
      http_response_status_code: String(reply.statusCode),
    });
    answered();
  });

  if (metricsText !== undefined) {
    app.get(
      '/metrics',
      {
        schema: {
          operationId: 'getMetrics',
          tags: ['health'],
          summary: "How the system works, in Prometheus's text format; nobody is in it",
          produces: ['text/plain'],
          response: { 200: Type.String() },
        },
      },
      async (_request, reply) => {
        const text = await metricsText();
        return reply.type(CONTENT_TYPE).header('cache-control', 'no-store').send(text);
      },
    );
  }
  done();
};

export const metricsRoutes = fp(routes, {
  name: 'metrics-routes',
  dependencies: ['problem-details', 'openapi'],
  fastify: '5.x',
});

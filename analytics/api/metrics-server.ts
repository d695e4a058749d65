import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { openapi } from './plugins/openapi.ts';
import { problemDetails } from './plugins/problem-details.ts';
import type { ApiDeps } from './ports.ts';
import { metricsRoutes } from './routes/metrics-routes.ts';

/** Nothing but GET /metrics, for a process that has no page. It listens when the caller says `listen`. */
export function createMetricsServer(
  deps: Required<Pick<ApiDeps, 'metricsText'>> & Pick<ApiDeps, 'logger'>,
): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Prometheus keeps its connection; closing must not wait for it.
    forceCloseConnections: true,
  });
  app.register(problemDetails);
  app.register(openapi);
  app.register(metricsRoutes, { metricsText: deps.metricsText });
  return app;
}

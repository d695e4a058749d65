import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { createFloorReads } from './floor-reads.ts';
import { dashboardFiles } from './plugins/dashboard-files.ts';
import { liveHub } from './plugins/live-hub.ts';
import { openapi } from './plugins/openapi.ts';
import { ownRequests } from './plugins/own-requests.ts';
import { problemDetails } from './plugins/problem-details.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import type { ApiDeps } from './ports.ts';
import { createAnalyticsReads } from './reads.ts';
import { calibrationRoutes } from './routes/calibration-routes.ts';
import { cameraRoutes } from './routes/camera-routes.ts';
import { deadLetterRoutes } from './routes/dead-letter-routes.ts';
import { floorRoutes } from './routes/floor-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { liveRoutes } from './routes/live-routes.ts';
import { metricsRoutes } from './routes/metrics-routes.ts';
import { storeRoutes } from './routes/store-routes.ts';

/** Nothing that the API takes has a body worth more. */
const BODY_LIMIT_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 5000;

/**
 * Puts the API together. It listens when the caller says `listen`, and `close()` ends live streams, subscriptions and
 * connections; the deps stay the caller's to close.
 */
export function createApi(deps: ApiDeps): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app = fastify({
    loggerInstance,
    // A live page asks several times a second; what matters is logged where it happens.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // Closing waits for idle connections no longer than this.
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { ignoreTrailingSlash: true },
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);

  const { store, live, cameras, nameOf, networks, health, logger, dashboardDir, allowedHosts } = deps;
  const reads = createAnalyticsReads(deps);

  app.register(problemDetails);
  app.register(securityHeaders, allowedHosts === undefined ? {} : { allowedHosts });
  app.register(ownRequests);
  app.register(openapi);
  // First, so that it times the answers of all that follow.
  app.register(metricsRoutes, { metricsText: deps.metricsText });
  app.register(liveHub, {
    live,
    cameras,
    floor: deps.floor,
    nameOf,
    askSummary: () => reads.summary(),
    logger,
  });
  app.register(storeRoutes, { store, networks, nameOf, reads, hasFloor: deps.floor !== undefined });
  app.register(cameraRoutes, { cameras, nameOf });
  app.register(calibrationRoutes, { calibration: deps.calibration });
  app.register(floorRoutes, {
    floor: deps.floor,
    reads: deps.floor && createFloorReads(deps, deps.floor),
    timeZone: store.timeZone,
    nameOf,
    logger,
  });
  app.register(deadLetterRoutes, { deadLetters: deps.deadLetters, logger });
  app.register(liveRoutes);
  app.register(healthRoutes, { health });
  if (dashboardDir !== undefined) app.register(dashboardFiles, { dashboardDir });
  return app;
}

import type { Readable } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import { ServerClock } from '../schemas/live.ts';
import { Problem } from '../schemas/problem.ts';

const LIVE_QUERY = Type.Object(
  {
    lastEventId: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'as the header Last-Event-ID, for pages that open a new stream',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Sent as it comes, never serialised. */
const EVENT_STREAM = Type.Unsafe<Readable>(Type.String({ description: 'server-sent events' }));

const routes: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/api/v1/live',
    {
      schema: {
        operationId: 'live',
        tags: ['live'],
        summary: 'Server-sent events: moment, summary, overlay, picture, camera, floor, reset, heartbeat',
        description:
          'Moments carry an id; a page that comes back with Last-Event-ID gets what it missed, or `reset` when that is ' +
          'no longer known. A page that reads too slowly skips overlays and summaries, then is cut off.',
        querystring: LIVE_QUERY,
        produces: ['text/event-stream'],
        response: { 200: EVENT_STREAM, 503: Problem },
      },
    },
    (request, reply) => {
      const header = request.headers['last-event-id'];
      const lastEventId = typeof header === 'string' && header !== '' ? header : request.query.lastEventId;
      const readable = app.liveHub.open(lastEventId);
      if (readable === undefined)
        throw new ApiError('live.full', 'Close a page that shows this store, then try again.');
      reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        // A stream that ends because the server closes must not leave a connection that the server waits for.
        .header('connection', 'close');
      return readable;
    },
  );

  app.get(
    '/api/v1/clock',
    {
      schema: {
        operationId: 'getClock',
        tags: ['live'],
        summary: "The server's clock, to compare the browser's with",
        response: { 200: ServerClock },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { serverTimeMs: Date.now() };
    },
  );
  done();
};

export const liveRoutes = fp(routes, {
  name: 'live-routes',
  dependencies: ['problem-details', 'openapi', 'live-hub'],
  fastify: '5.x',
});

import fp from 'fastify-plugin';
import { createLiveHub, type LiveHub, type LiveHubDeps } from '../live/live-hub.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly liveHub: LiveHub;
  }
}

/** The live hub of this server. Streams never end by themselves, so they are ended before the server waits for them. */
export const liveHub = fp<LiveHubDeps>(
  (app, deps, done) => {
    const hub = createLiveHub(deps);
    app.decorate('liveHub', hub);
    app.addHook('preClose', (closed) => {
      hub.close();
      closed();
    });
    done();
  },
  { name: 'live-hub', fastify: '5.x' },
);

import swagger from '@fastify/swagger';
import fp from 'fastify-plugin';

/** Describes every route that is registered after it, as OpenAPI 3.1 at /api/openapi.json. */
export const openapi = fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Smart Store',
          version: '1',
          description:
            'What happens in the shop, and what ClickHouse counted. `null` means "no data", which is not zero. ' +
            'Every error is a problem of RFC 9457.',
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        servers: [{ url: '/' }],
        tags: [
          { name: 'store', description: 'the shop and its numbers' },
          { name: 'cameras', description: 'the cameras, their health and the live picture' },
          { name: 'floor', description: 'where people are and were, in metres' },
          { name: 'live', description: 'what happens now' },
          { name: 'operations', description: 'what a person puts right' },
          { name: 'health', description: 'for supervisors' },
        ],
      },
    });
    app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  },
  { name: 'openapi', dependencies: ['problem-details'], fastify: '5.x' },
);

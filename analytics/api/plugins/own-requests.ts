import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError } from '../errors.ts';

const HARMLESS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Refuses requests that change something unless they are JSON from a page of this server (CSRF). A form of a foreign page
 * can't send JSON without asking first (CORS, to which this server never agrees), and browsers name the origin of a request.
 */
export const ownRequests = fp(
  (app, _options, done) => {
    app.addHook('onRequest', (request, _reply, next) => {
      next(HARMLESS.includes(request.method) ? undefined : refusal(request));
    });
    done();
  },
  { name: 'own-requests', dependencies: ['problem-details', 'security-headers'], fastify: '5.x' },
);

function refusal({ headers, host }: FastifyRequest): ApiError | undefined {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign =
    (origin !== undefined && hostOf(origin) !== host.toLowerCase()) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (isForeign) return new ApiError('origin.foreign', 'Open the page of this server and do it there.');
  if (JSON_TYPE.test(headers['content-type'] ?? '')) return undefined;
  return new ApiError('request.media-type', 'Send JSON with the content type application/json.');
}

/** `null` is what a browser says of a page without an origin; it has no host either. */
function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return null;
  }
}

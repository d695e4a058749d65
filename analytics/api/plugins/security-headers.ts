import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';
import { ApiError } from '../errors.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** The page runs its own files only: nothing inline, nothing from elsewhere, in nobody's frame. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    fontSrc: ["'self'"],
    // Pictures are fetched, then drawn from memory.
    imgSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

export interface SecurityHeadersOptions {
  readonly allowedHosts?: readonly string[] | 'any';
}

/** Security headers on every answer, and the refusal of requests for host names that aren't ours (DNS rebinding). */
export const securityHeaders = fp<SecurityHeadersOptions>(
  async (app, { allowedHosts = LOOPBACK_NAMES }) => {
    await app.register(helmet, {
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      // Encryption ends at whatever stands before this server; on loopback there is none to insist on.
      hsts: false,
      referrerPolicy: { policy: 'no-referrer' },
    });
    if (allowedHosts === 'any') return;
    const known = new Set(allowedHosts.map((host) => host.toLowerCase()));
    app.addHook('onRequest', (request, _reply, next) => {
      const host = request.host.replace(/:\d+$/, '').toLowerCase();
      if (known.has(host)) next();
      else
        next(
          new ApiError('host.unknown', `Ask for ${[...known].join(', ')}, or add the name to those allowed.`),
        );
    });
  },
  { name: 'security-headers', dependencies: ['problem-details'], fastify: '5.x' },
);

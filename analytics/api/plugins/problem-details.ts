import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { newId } from '../../../runtime/ids.ts';
import { ApiError, PROBLEMS, problemCodeOf, type ProblemCode } from '../errors.ts';
import type { Problem } from '../schemas/problem.ts';

/** Renders every error as a problem of RFC 9457; what is not in the table hides behind an id that the log has too. */
export const problemDetails = fp(
  (app, _options, done) => {
    app.setErrorHandler((error, request, reply) => {
      const code = problemCodeOf(error);
      const instance = newId();
      const { status } = PROBLEMS[code];
      if (status >= 500) request.log.error({ err: error, instance, url: request.url }, PROBLEMS[code].title);
      return send(reply, problem(code, instance, error));
    });
    app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) =>
      send(reply, problem('route.not-found', newId(), new ApiError('route.not-found', request.method))),
    );
    done();
  },
  { name: 'problem-details', fastify: '5.x' },
);

function send(reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

function problem(code: ProblemCode, instance: string, error: unknown): Problem {
  const { title, status } = PROBLEMS[code];
  const detail = error instanceof ApiError ? error.detail : undefined;
  const errors = validationErrors(error);
  return {
    type: `urn:smart-store:problem:${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    instance: `urn:uuid:${instance}`,
    code,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** What Fastify's validator found, with a JSON pointer into the request. */
function validationErrors(error: unknown): Problem['errors'] {
  if (!(error instanceof Error) || !('validation' in error) || !Array.isArray(error.validation))
    return undefined;
  const context =
    'validationContext' in error && typeof error.validationContext === 'string'
      ? error.validationContext
      : '';
  return error.validation.map((found: unknown) => ({
    pointer: `/${context}${textIn(found, 'instancePath')}`,
    detail: textIn(found, 'message'),
  }));
}

function textIn(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !(key in value)) return '';
  const text: unknown = (value as Readonly<Record<string, unknown>>)[key];
  return typeof text === 'string' ? text : '';
}

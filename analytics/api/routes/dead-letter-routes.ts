import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import type { Selection } from '../../../ingest/dead-letters/dead-letters.ts';
import type { Survey, SurveyedLetter } from '../../../ingest/dead-letters/survey.ts';
import { UserError } from '../../../runtime/errors.ts';
import { ApiError } from '../errors.ts';
import type { ApiDeps } from '../ports.ts';
import {
  DeadLetterContent,
  DeadLetters,
  ReplayOutcome,
  type DeadLetterLine,
} from '../schemas/dead-letter.ts';
import { Problem } from '../schemas/problem.ts';

export type DeadLetterRoutesOptions = Pick<ApiDeps, 'deadLetters' | 'logger'>;

const CONTENT_BYTES = 64 * 1024;
const REASONS_TOLD = 20;
const WARNING =
  'This is what could not be used, as it came. It may hold anything, personal data included: show it to nobody who need not see it.';

const Closed = { additionalProperties: false };
const LIST_QUERY = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    after: Type.Optional(Type.String({ maxLength: 300, description: '`next` of the page before' })),
    reason: Type.Optional(Type.String({ maxLength: 2000, description: 'only letters with this reason' })),
    state: Type.Optional(
      Type.Union([Type.Literal('waiting'), Type.Literal('all')], {
        default: 'waiting',
        description: '`all`: also those that were put back',
      }),
    ),
  },
  Closed,
);
const ID_PARAMS = Type.Object({
  id: Type.String({ maxLength: 300, description: 'topic/partition/offset, its slashes encoded as %2F' }),
});
const WHICH = Type.Union([
  Type.Object({ reason: Type.String({ maxLength: 2000 }) }, Closed),
  Type.Object({ all: Type.Literal(true) }, Closed),
]);

const routes: FastifyPluginCallbackTypebox<DeadLetterRoutesOptions> = (
  app,
  { deadLetters, logger },
  done,
) => {
  async function replay(selection: Selection): Promise<ReplayOutcome> {
    const { replayed, skipped } = await known(deadLetters.replay(selection));
    logger.info(
      { replayed: replayed.length, skipped: skipped.length },
      'dead letters were replayed from the page',
    );
    const why = [...new Set(skipped.map((each) => each.why))].slice(0, REASONS_TOLD);
    return { replayed: replayed.length, skipped: skipped.length, why };
  }

  app.get(
    '/api/v1/dead-letters',
    {
      onSend: notToBeKept,
      schema: {
        operationId: 'getDeadLetters',
        tags: ['operations'],
        summary: 'What could not be used and why, newest first; never its content',
        querystring: LIST_QUERY,
        response: { 200: DeadLetters, 400: Problem },
      },
    },
    async ({ query }) => {
      const survey = await deadLetters.survey();
      const wanted = survey.letters
        .slice(query.after === undefined ? 0 : placeAfter(survey, query.after))
        .filter(
          ({ replayedAtMs, reason }) =>
            (query.state === 'all' || replayedAtMs === null) && (query.reason ?? reason) === reason,
        );
      const page = wanted.slice(0, query.limit ?? 50);
      const next = page.length < wanted.length ? (page.at(-1)?.id ?? null) : null;
      return { ...totals(survey), deadLetters: page.map(lineOf), next };
    },
  );

  app.get(
    '/api/v1/dead-letters/:id',
    {
      onSend: notToBeKept,
      schema: {
        operationId: 'getDeadLetterContent',
        tags: ['operations'],
        summary: 'One of them with its content, which may be personal',
        params: ID_PARAMS,
        response: { 200: DeadLetterContent, 400: Problem, 404: Problem },
      },
    },
    async ({ params }) => {
      const survey = await deadLetters.survey();
      const letter = await known(deadLetters.show(params.id));
      const surveyed = survey.letters.find(({ id }) => id === params.id);
      const bytes = Buffer.from(letter.value);
      return {
        ...lineOf({
          ...letter,
          eventType: surveyed?.eventType ?? null,
          replayOf: surveyed?.replayOf ?? null,
        }),
        warning: WARNING,
        text: textOf(bytes)?.slice(0, CONTENT_BYTES) ?? null,
        base64: bytes.subarray(0, CONTENT_BYTES).toString('base64'),
        truncated: bytes.byteLength > CONTENT_BYTES,
      };
    },
  );

  app.post(
    '/api/v1/dead-letters/:id/replay',
    {
      schema: {
        operationId: 'replayDeadLetter',
        tags: ['operations'],
        summary: 'Put one back into its topic; one that was put back before is left alone',
        params: ID_PARAMS,
        body: Type.Object({}, Closed),
        response: { 200: ReplayOutcome, 400: Problem, 403: Problem, 404: Problem, 415: Problem },
      },
    },
    ({ params }) => replay([params.id]),
  );

  app.post(
    '/api/v1/dead-letters/replay',
    {
      schema: {
        operationId: 'replayDeadLetters',
        tags: ['operations'],
        summary: 'Put all that wait back, or all that wait for one reason',
        body: WHICH,
        response: { 200: ReplayOutcome, 400: Problem, 403: Problem, 415: Problem },
      },
    },
    ({ body }) => replay('reason' in body ? { reason: body.reason } : 'all'),
  );
  done();
};

export const deadLetterRoutes = fp(routes, {
  name: 'dead-letter-routes',
  dependencies: ['problem-details', 'openapi', 'own-requests'],
  fastify: '5.x',
});

/** What a person looks at must not lie in a cache of the browser. */
function notToBeKept(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  next: (error: null, payload: unknown) => void,
): void {
  reply.header('cache-control', 'no-store');
  next(null, payload);
}

function placeAfter({ letters }: Survey, id: string): number {
  const index = letters.findIndex((letter) => letter.id === id);
  if (index >= 0) return index + 1;
  throw new ApiError(
    'request.invalid',
    'No dead letter has the id of "after"; begin again at the first page.',
  );
}

function totals({
  letters,
  older,
}: Survey): Pick<DeadLetters, 'waiting' | 'older' | 'reasons' | 'moreReasons'> {
  const counts = new Map<string, number>();
  for (const { reason, replayedAtMs } of letters) {
    if (replayedAtMs === null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts]
    .map(([reason, waiting]) => ({ reason, waiting }))
    .sort((a, b) => b.waiting - a.waiting);
  return {
    waiting: reasons.reduce((sum, { waiting }) => sum + waiting, 0),
    older,
    reasons: reasons.slice(0, REASONS_TOLD),
    moreReasons: Math.max(0, reasons.length - REASONS_TOLD),
  };
}

function lineOf({
  id,
  reason,
  eventType,
  deadSinceMs,
  sizeBytes,
  replayedAtMs,
  replayOf,
}: Omit<SurveyedLetter, 'origin'>): DeadLetterLine {
  return {
    id,
    reason,
    eventType,
    refusedAt: new Date(deadSinceMs).toISOString(),
    sizeBytes,
    replayedAt: replayedAtMs === null ? null : new Date(replayedAtMs).toISOString(),
    replayOf,
  };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** An id that nobody has is the caller's mistake. */
async function known<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UserError && error.code === 'dead-letters.unknown') {
      throw new ApiError('dead-letter.not-found');
    }
    throw error;
  }
}

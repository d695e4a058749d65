import { Type } from 'typebox';

/** A problem of RFC 9457, rendered as application/problem+json. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:smart-store:problem:{code}' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String({ description: 'what was wrong this time, and what to do' })),
    instance: Type.String({ description: 'urn:uuid of this occurrence; the same id is in the log' }),
    code: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'where, e.g. /query/limit' }),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { title: 'Problem' },
);
export type Problem = Type.Static<typeof Problem>;

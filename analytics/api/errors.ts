/** A row of the table of problems. */
interface ProblemKind {
  readonly title: string;
  readonly status: number;
}

/**
 * Every problem that the API answers with: code → title and HTTP status (RFC 9457). Nothing else reaches a client;
 * what is not in the table is `internal`, and its cause stays in the log.
 */
export const PROBLEMS = {
  'request.invalid': { title: 'The request is not what the API description says', status: 400 },
  'request.too-large': { title: 'The request is too large', status: 413 },
  'request.media-type': { title: 'The request has a content type that is not understood', status: 415 },
  'host.unknown': { title: 'This server does not answer to that host name', status: 421 },
  'route.not-found': { title: 'There is nothing at this address', status: 404 },
  'method.not-allowed': { title: 'This address does not take that method', status: 405 },
  'camera.not-found': { title: 'There is no camera of this name', status: 404 },
  'picture.not-available': { title: 'The camera has no picture yet', status: 404 },
  'overlay.not-available': { title: 'The camera has not looked at a frame yet', status: 404 },
  'origin.foreign': { title: 'The request comes from a page of another server', status: 403 },
  'dead-letter.not-found': { title: 'There is no dead letter with this id', status: 404 },
  'floor.not-available': { title: 'No camera watches the floor', status: 404 },
  'visit.not-found': { title: 'There is no visit with this id on the floor now', status: 404 },
  'live.full': { title: 'Too many pages watch at the same time', status: 503 },
  'analytics.unavailable': { title: 'The analytics database does not answer', status: 503 },
  internal: { title: 'Something went wrong inside the store', status: 500 },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown by a route to answer with a problem of the table. `detail` is for the client: no internals in it. */
export class ApiError extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;

  constructor(code: ProblemCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? PROBLEMS[code].title, options);
    this.name = 'ApiError';
    this.code = code;
    this.detail = detail;
  }
}

/** Errors that Fastify throws itself, by its code. */
const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_VALIDATION: 'request.invalid',
  FST_ERR_BAD_URL: 'request.invalid',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.invalid',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.invalid',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.invalid',
};

/** Which problem a thrown thing is. */
export function problemCodeOf(thrown: unknown): ProblemCode {
  if (thrown instanceof ApiError) return thrown.code;
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return (typeof code === 'string' ? FASTIFY_CODES[code] : undefined) ?? 'internal';
}

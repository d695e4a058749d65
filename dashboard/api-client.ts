import type {
  CalibrationAnswer,
  CalibrationWish,
  CameraCalibration,
} from '../analytics/api/schemas/calibration.ts';
import type { CameraStatus } from '../analytics/api/schemas/camera.ts';
import type { DeadLetters, ReplayOutcome } from '../analytics/api/schemas/dead-letter.ts';
import type {
  FloorHeatMap,
  FloorPlan,
  FloorQueues,
  FloorTransitions,
  FloorZones,
} from '../analytics/api/schemas/floor.ts';
import type { Readiness } from '../analytics/api/schemas/health.ts';
import type { ServerClock } from '../analytics/api/schemas/live.ts';
import type { Moments } from '../analytics/api/schemas/moment.ts';
import type { Problem } from '../analytics/api/schemas/problem.ts';
import type { Store } from '../analytics/api/schemas/store.ts';
import type { Summary } from '../analytics/api/schemas/summary.ts';
import type { VisitsByHour } from '../analytics/api/schemas/visits-by-hour.ts';
import type { ReplayWish } from './state/dead-letter-pile.svelte.ts';
import type { PeriodQuery } from './state/floor-board.svelte.ts';
import type { Failure } from './state/resource.svelte.ts';

/** The API answered with a problem (RFC 9457). */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

const REQUEST_LIMIT_MS = 15_000;

/** Everything that the page asks of the API. Rejects with ProblemError, or with what `fetch` throws. */
export const api = {
  store: () => get<Store>('/api/v1/store'),
  summary: () => get<Summary>('/api/v1/summary'),
  visitsByHour: () => get<VisitsByHour>('/api/v1/visits-by-hour'),
  moments: async () => (await get<Moments>('/api/v1/moments?limit=50')).moments,
  cameras: async () => (await get<{ cameras: CameraStatus[] }>('/api/v1/cameras')).cameras,
  clock: () => get<ServerClock>('/api/v1/clock'),
  /** "Not ready" is an answer too. */
  readiness: () => get<Readiness>('/readyz', [200, 503]),
  deadLetters: () => get<DeadLetters>('/api/v1/dead-letters'),
  replayDeadLetters: (wish: ReplayWish) =>
    wish.kind === 'one'
      ? post<ReplayOutcome>(`/api/v1/dead-letters/${encodeURIComponent(wish.id)}/replay`, {})
      : post<ReplayOutcome>(
          '/api/v1/dead-letters/replay',
          wish.kind === 'all' ? { all: true } : { reason: wish.reason },
        ),
  floorPlan: () => get<FloorPlan>('/api/v1/floor/plan'),
  floorHeatMap: (by: 'dwell' | 'passage', period: PeriodQuery) =>
    get<FloorHeatMap>(`/api/v1/floor/heat-map?${new URLSearchParams({ ...period, by }).toString()}`),
  floorZones: (period: PeriodQuery) =>
    get<FloorZones>(`/api/v1/floor/zones?${new URLSearchParams(period).toString()}`),
  floorQueues: (period: PeriodQuery) =>
    get<FloorQueues>(`/api/v1/floor/queues?${new URLSearchParams(period).toString()}`),
  floorWays: (period: PeriodQuery) =>
    get<FloorTransitions>(`/api/v1/floor/transitions?${new URLSearchParams(period).toString()}`),
  markStaff: (visitId: string) =>
    post<unknown>(`/api/v1/floor/visits/${encodeURIComponent(visitId)}/staff`, {}),
  calibration: (cameraId: string) => get<CameraCalibration>(`/api/v1/cameras/${cameraId}/calibration`),
  /** Changes nothing: says what the points would give. */
  solveCalibration: (cameraId: string, wish: CalibrationWish) =>
    post<CalibrationAnswer>(`/api/v1/cameras/${cameraId}/calibration/solve`, wish),
  /** The newest picture of a camera and when it was captured. */
  async picture(cameraId: string): Promise<{ jpeg: Blob; atMs: number }> {
    const response = await ask(`/api/v1/cameras/${cameraId}/picture.jpg`);
    if (!response.ok) throw await problemOf(response);
    return { jpeg: await response.blob(), atMs: Number(response.headers.get('captured-at-ms')) };
  },
};

/** What a page says about a failed question. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ProblemError) {
    const { title, detail, code } = thrown.problem;
    return { title, detail, code };
  }
  return { title: 'The store does not answer', detail: undefined, code: 'unreachable' };
}

async function get<Answer>(path: string, statuses: readonly number[] = [200]): Promise<Answer> {
  const response = await ask(path);
  if (!statuses.includes(response.status) || isProblem(response)) throw await problemOf(response);
  return (await response.json()) as Answer;
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok || isProblem(response)) throw await problemOf(response);
  return (await response.json()) as Answer;
}

function ask(path: string, options: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...options, signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
}

function isProblem(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
}

async function problemOf(response: Response): Promise<Error> {
  if (!isProblem(response)) return new Error(`The API answered ${response.status}`);
  return new ProblemError((await response.json()) as Problem);
}

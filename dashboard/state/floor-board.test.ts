import { beforeEach, describe, expect, it } from 'vitest';
import type {
  FloorHeatMap,
  FloorPerson,
  FloorPlan,
  FloorQueues,
  FloorSnapshot,
  FloorZones,
} from '../../analytics/api/schemas/floor.ts';
import { FloorBoard, type PeriodQuery } from './floor-board.svelte.ts';

const NOW_MS = Date.parse('2026-11-22T09:00:00.000Z');
const head = { asOf: '', from: '', to: '' };
const plan: FloorPlan = {
  widthMetres: 14,
  heightMetres: 9,
  fixtures: [],
  zones: [],
  lines: [],
  cameras: [],
};
const heat: FloorHeatMap = { ...head, by: 'dwell', cellMetres: 0.25, cells: [], cameras: [] };
const zones: FloorZones = {
  ...head,
  stepSeconds: 60,
  zones: [],
  lines: [],
  groups: { visits: 0, grouped: 0, share: null },
  durations: { visits: 0, seen: 0, medianSeconds: null, p90Seconds: null },
};
const queues: FloorQueues = { ...head, stepSeconds: 60, queues: [] };
const visitor: FloorPerson = {
  visitId: 'v1',
  place: [1, 1],
  accuracyMetres: 0.2,
  heading: null,
  zones: [],
  member: false,
  name: null,
  staff: false,
  seenSecondsAgo: 0,
  simulated: true,
};
const snapshot = (...people: FloorPerson[]): FloorSnapshot => ({
  atMs: NOW_MS,
  people,
  occupancy: people.length,
  zones: [],
  queues: [],
  cameras: [],
});

let asked: [string, PeriodQuery][];
let marked: string[];
let staffAnswer: () => Promise<unknown>;
let said: string[];
let board: FloorBoard;

beforeEach(async () => {
  asked = [];
  marked = [];
  said = [];
  staffAnswer = () => Promise.resolve({});
  const answering =
    <Answer>(what: string, answer: Answer) =>
    (period: PeriodQuery): Promise<Answer> => {
      asked.push([what, period]);
      return Promise.resolve(answer);
    };
  board = new FloorBoard({
    api: {
      floorPlan: () => Promise.resolve(plan),
      floorHeatMap: (by, period) => answering(by, heat)(period),
      floorZones: answering('zones', zones),
      floorQueues: answering('queues', queues),
      floorWays: answering('ways', { ...head, transitions: [] }),
      markStaff: (visitId) => {
        marked.push(visitId);
        return staffAnswer();
      },
    },
    explain: (thrown) => ({ title: String(thrown), detail: undefined, code: String(thrown) }),
    announce: (message) => said.push(message),
    nowMs: () => NOW_MS,
  });
  await board.load(true);
  asked.length = 0;
});

describe('what is asked about the past', () => {
  it.each([
    ['today', {}],
    ['hour', { from: '2026-11-22T08:00:00.000Z' }],
    ['quarter', { from: '2026-11-22T08:45:00.000Z' }],
  ] as const)('%s', async (choice, query) => {
    await board.choose('hour');
    asked.length = 0;
    await board.choose(choice);
    expect(asked).toEqual([
      ['zones', query],
      ['queues', query],
    ]);
  });

  it('a chosen period once both times are there and in order', async () => {
    await board.choose('chosen', { from: '2026-11-22T10:00', to: '' });
    await board.choose('chosen', { from: '2026-11-22T10:00', to: '2026-11-22T09:00' });
    expect([asked, board.hasPeriod]).toEqual([[], false]);
    const chosen = { from: '2026-11-22T08:00', to: '2026-11-22T09:00' };
    await board.choose('chosen', chosen);
    expect(asked.map(([, period]) => period)).toEqual([chosen, chosen]);
  });

  it('the heat map only while it is shown, and never that of another view', async () => {
    await board.refresh();
    expect(asked.map(([what]) => what)).toEqual(['zones', 'queues']);
    const shown = board.show('passage');
    expect(board.heat.value).toBeUndefined();
    await shown;
    await board.refresh();
    expect(asked.map(([what]) => what)).toEqual(['zones', 'queues', 'passage', 'zones', 'queues', 'passage']);
  });

  it('the ways only while they are shown', async () => {
    await board.show('ways');
    await board.refresh();
    await board.show('dwell');
    expect(board.ways.value).toBeUndefined();
    expect(asked.map(([what]) => what)).toEqual(['ways', 'zones', 'queues', 'ways', 'dwell']);
  });

  it('nothing where there is no floor', async () => {
    await board.load(false);
    await board.load(false);
    expect([board.isAbsent, asked]).toEqual([true, []]);
  });

  it('once, where a page and its connection both begin', async () => {
    await Promise.all([board.load(true), board.load(true)]);
    expect(asked.map(([what]) => what)).toEqual(['zones', 'queues']);
  });
});

describe('who is where', () => {
  it('is not shown when it is old, nor after the connection broke', () => {
    board.take(snapshot(visitor));
    expect(board.freshAt(NOW_MS + 9000)?.people).toHaveLength(1);
    expect(board.freshAt(NOW_MS + 11_000)).toBeUndefined();
    board.forget();
    expect(board.freshAt(NOW_MS)).toBeUndefined();
  });
});

describe('marking somebody as staff', () => {
  it('asks first, marks once, and says so', async () => {
    board.ask(visitor);
    expect(board.wish?.visitId).toBe('v1');
    await board.confirm();
    await board.confirm();
    expect(marked).toEqual(['v1']);
    expect(said).toEqual(['Marked as staff: left out of every figure']);
  });

  it('does not ask about staff, nor go on when the person has left', () => {
    board.ask({ ...visitor, staff: true });
    expect(board.wish).toBeUndefined();
    board.ask(visitor);
    board.take(snapshot());
    expect(board.wish).toBeUndefined();
  });

  it('does not claim anything when it failed', async () => {
    staffAnswer = () => Promise.reject(new Error('gone'));
    board.ask(visitor);
    await board.confirm();
    expect([board.outcome, board.busy]).toEqual(['Not marked: Error: gone', false]);
  });
});

import { describe, expect, it } from 'vitest';
import type { CalibrationAnswer, CalibrationWish } from '../../analytics/api/schemas/calibration.ts';
import { MarkedPoints } from './marked-points.svelte.ts';

const PLAN = { widthMetres: 8, heightMetres: 9, fixtures: [], zones: [] };
const ANSWER: CalibrationAnswer = {
  usable: true,
  fault: null,
  warnings: [],
  rmsCm: 1.5,
  points: [],
  suspect: null,
  camera: null,
  grid: [],
  yaml: 'calibration:\n',
};

/** The API at the edge: it remembers what it was asked and answers when told to. */
function api() {
  const asked: CalibrationWish[] = [];
  const answers: ((answer: CalibrationAnswer) => void)[] = [];
  return {
    asked,
    answers,
    calibration: (cameraId: string) =>
      Promise.resolve({
        cameraId,
        kind: null,
        size: { width: 640, height: 360 },
        points: [],
        horizontalFieldOfViewDegrees: null,
        grid: [],
        plan: PLAN,
      }),
    solveCalibration: (_: string, wish: CalibrationWish) =>
      new Promise<CalibrationAnswer>((resolve, reject) => {
        asked.push(wish);
        answers.push((answer) => {
          if (answer.usable) resolve(answer);
          else reject(new Error('away'));
        });
      }),
  };
}

async function marking() {
  const edge = api();
  const explain = () => ({ title: 'The store does not answer', detail: undefined, code: 'unreachable' });
  const marked = new MarkedPoints({ api: edge, explain, settleMs: 0 }, 'ceiling-1');
  await marked.load();
  return { edge, marked };
}

function four(marked: MarkedPoints): void {
  for (const [image, floor] of [
    [
      [0.1, 0.5],
      [1, 1],
    ],
    [
      [0.9, 0.5],
      [7, 1],
    ],
    [
      [0.9, 0.9],
      [6, 5],
    ],
    [
      [0.1, 0.9],
      [2, 5],
    ],
  ] as const) {
    marked.mark('image', image);
    marked.mark('floor', floor);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('marking points', () => {
  it('makes a point of a mark in the picture and one on the plan, in either order', async () => {
    const { marked } = await marking();
    marked.mark('floor', [3, 4]);
    expect(marked.points).toEqual([]);
    marked.mark('image', [0.5, 0.6]);
    expect(marked.points).toEqual([{ image: [0.5, 0.6], floor: [3, 4] }]);
    expect(marked.pending).toBeUndefined();
    expect(marked.selected).toBe(0);
    expect(marked.missing).toBe(3);
  });

  it('moves the first mark when the same side is marked again', async () => {
    const { marked } = await marking();
    marked.mark('image', [0.2, 0.2]);
    marked.mark('image', [0.3, 0.3]);
    expect(marked.pending).toEqual({ side: 'image', at: [0.3, 0.3] });
  });

  it('keeps points on the picture and on the plan', async () => {
    const { marked } = await marking();
    four(marked);
    marked.move(0, 'image', [-0.2, 1.4]);
    marked.move(1, 'floor', [12, -1]);
    expect(marked.points[0]?.image).toEqual([0, 1]);
    expect(marked.points[1]?.floor).toEqual([8, 0]);
  });

  it('moves the selected point by a little with the arrow keys', async () => {
    const { marked } = await marking();
    four(marked);
    marked.nudge(2, 'floor', 0.1, -0.1);
    expect(marked.points[2]?.floor).toEqual([6.1, 4.9]);
    expect(marked.selected).toBe(2);
  });
});

describe('solving', () => {
  it('asks for nothing before there are four points', async () => {
    const { edge, marked } = await marking();
    marked.mark('image', [0.1, 0.1]);
    marked.mark('floor', [1, 1]);
    await settled();
    expect(edge.asked).toEqual([]);
    expect(marked.solving).toBe(false);
  });

  it('asks once for a drag, and shows what came of the last place', async () => {
    const { edge, marked } = await marking();
    four(marked);
    for (let step = 1; step <= 20; step++) marked.move(0, 'image', [0.1 + step / 100, 0.5]);
    await settled();
    expect(edge.asked.length).toBe(1);
    expect(edge.asked[0]?.points[0]?.image).toEqual([0.3, 0.5]);
    edge.answers[0]!(ANSWER);
    await settled();
    expect(marked.answer).toEqual(ANSWER);
    expect(marked.solving).toBe(false);
  });

  it('drops an answer that a later change has overtaken', async () => {
    const { edge, marked } = await marking();
    four(marked);
    await settled();
    marked.move(0, 'image', [0.2, 0.5]);
    edge.answers[0]!({ ...ANSWER, rmsCm: 99 });
    await settled();
    expect(marked.answer).toBeUndefined();
    edge.answers[1]!(ANSWER);
    await settled();
    expect(marked.answer?.rmsCm).toBe(1.5);
  });

  it('says that the store does not answer, and forgets what was before', async () => {
    const { edge, marked } = await marking();
    four(marked);
    await settled();
    edge.answers[0]!({ ...ANSWER, usable: false });
    await settled();
    expect(marked.failure?.code).toBe('unreachable');
    expect(marked.answer).toBeUndefined();
  });

  it('has no answer any more when a point is taken away and three are left', async () => {
    const { edge, marked } = await marking();
    four(marked);
    await settled();
    edge.answers[0]!(ANSWER);
    await settled();
    marked.remove(3);
    expect(marked.answer).toBeUndefined();
    expect(marked.missing).toBe(1);
  });

  it('sends the field of view where it is known, and no impossible one', async () => {
    const { edge, marked } = await marking();
    four(marked);
    marked.setFieldOfView(80);
    await settled();
    marked.setFieldOfView(400);
    await settled();
    expect(edge.asked.map((wish) => wish.horizontalFieldOfViewDegrees)).toEqual([80, undefined]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { SINK_STEPS, type SinkStep } from '../../../ingest/sinks/fault-point.ts';
import type { Act, Fault } from './act.ts';
import type { Worker } from './crew.ts';
import type { Hold } from './messages.ts';

/** An insert takes some milliseconds here; killed at any of them. */
const INSERT_MS = 12;

const isAboutDeadLetters = (step: SinkStep): boolean => step.endsWith('dead-letter');

/** One fault a step: kill -9 exactly there, once to three times in a row. */
const killedAtSteps: readonly Fault[] = SINK_STEPS.map((step) => ({
  name: `worker-killed-${step}`,
  sentence: `kill -9 of the worker at the step "${step}", up to three times in a row`,
  weight: 10,
  needs: {},
  ...(isAboutDeadLetters(step) ? { poison: true as const } : {}),
  async strike(act) {
    let deaths = act.random.whole(1, 10) > 7 ? act.random.whole(2, 3) : 1;
    for (; deaths > 0; deaths -= 1) {
      const worker = await act.crew.enter(holdAt(act, step));
      if (!(await heldOrDrained(act, worker))) return act.crew.leave(worker);
      if (step === 'inserting') await sleep(act.random.whole(0, INSERT_MS));
      act.struck();
      await worker.kill();
    }
  },
}));

const killedAnytime: Fault = {
  name: 'worker-killed-anytime',
  sentence: 'kill -9 of the worker at moments that nobody chose, up to three times',
  weight: 10,
  needs: {},
  async strike(act) {
    for (let deaths = act.random.whole(1, 3); deaths > 0; deaths -= 1) {
      const worker = await act.crew.enter();
      await sleep(act.random.whole(0, 500));
      act.struck();
      await worker.kill();
    }
  },
};

const rebalanced: Fault = {
  name: 'workers-rebalanced',
  sentence: 'a second and a third worker join, one leaves in order, one is killed, while events are carried',
  weight: 6,
  needs: { kafka: true },
  async strike(act) {
    const first = await act.crew.enter();
    await sleep(act.random.whole(0, 200));
    act.struck();
    const [second] = await Promise.all([act.crew.enter(), act.crew.enter()]);
    await sleep(act.random.whole(0, 800));
    await act.crew.leave(act.random.chance(0.5) ? first : second);
    await sleep(act.random.whole(0, 500));
    await act.crew.workers[0]?.kill();
  },
};

const joinedInTheMiddle: Fault = {
  name: 'worker-joins-at-a-step',
  sentence: 'a second worker joins while the first stands in the middle of a batch; the first then goes on',
  weight: 5,
  needs: { kafka: true },
  async strike(act) {
    const first = await act.crew.enter(holdAt(act, act.random.pick(SINK_STEPS.filter(isAlwaysReached))));
    if (!(await heldOrDrained(act, first))) return;
    act.struck();
    const joining = act.crew.enter();
    await sleep(act.random.whole(0, 2_500));
    first.release();
    await joining;
  },
};

const isAlwaysReached = (step: SinkStep): boolean => !isAboutDeadLetters(step);

/** One fault a step: asleep there for longer than its session, its partitions moved, then awake again. */
const zombies: readonly Fault[] = SINK_STEPS.filter(isAlwaysReached).map((step) => ({
  name: `zombie-${step}`,
  sentence: `a worker sleeps (SIGSTOP) at the step "${step}" until another one has its partitions, then wakes and goes on`,
  weight: 4,
  needs: { kafka: true },
  async strike(act) {
    const sleeper = await act.crew.enter(holdAt(act, step));
    if (!(await heldOrDrained(act, sleeper))) return;
    act.struck();
    sleeper.actor.kill('SIGSTOP');
    // Half of the time the other one is in the middle of the same batch when the sleeper wakes.
    const isMet = act.random.chance(0.5);
    const other = act.crew.enter(
      isMet ? holdAt(act, act.random.pick(SINK_STEPS.filter(isAlwaysReached))) : undefined,
    );
    if (isMet) await heldOrDrained(act, await other);
    else {
      await other;
      await drained(act);
    }
    sleeper.actor.kill('SIGCONT');
    sleeper.release();
    await sleep(act.random.whole(0, 100));
    (await other).release();
  },
}));

export const WORKER_FAULTS: readonly Fault[] = [
  ...killedAtSteps,
  killedAnytime,
  rebalanced,
  joinedInTheMiddle,
  ...zombies,
];

/** The first few times of a step come about in every run. */
export function holdAt(act: Act, step: SinkStep): Hold {
  return { step, time: isAboutDeadLetters(step) ? 1 : act.random.pick([1, 1, 1, 2, 2, 3]) };
}

/** Asking costs the broker more than waiting costs us. */
const ASK_EVERY_MS = 700;

/** Waits until a worker stands still at its step. @returns false when everything is stored before it comes there */
export async function heldOrDrained(act: Act, worker: Worker): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([worker.reached, drained(act, over.signal).then(() => false)]);
  } finally {
    over.abort();
  }
}

/** Waits until the first part of the events is stored. */
export async function drained(act: Act, signal?: AbortSignal): Promise<void> {
  await act.producer.firstPart;
  do await sleep(ASK_EVERY_MS);
  while (signal?.aborted !== true && !(await act.isDrained()));
}

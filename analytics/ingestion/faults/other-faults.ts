import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, Fault } from './act.ts';
import { heldOrDrained, holdAt } from './worker-faults.ts';
import { KAFKA_PRODUCE } from './wire.ts';

const HOUR_MS = 3_600_000;
/** Within and beyond every limit that anything of ours measures with a clock. */
const JUMPS_MS = [-48, -2, -0.2, 0.2, 2, 48].map((hours) => hours * HOUR_MS);
/** An append takes some milliseconds here. */
const APPEND_MS = 6;

const nobody: Fault = {
  name: 'none',
  sentence: 'nothing happens: what the other runs are compared with',
  weight: 3,
  needs: {},
  async strike(act) {
    await act.crew.enter();
    act.struck();
  },
};

const producerKilled: Fault = {
  name: 'producer-killed',
  sentence:
    'kill -9 of the producer in the middle of an append, one to three times; its successor looks into the log',
  weight: 10,
  needs: {},
  async strike(act) {
    const entering = act.crew.enter();
    for (let deaths = act.random.whole(1, 3); deaths > 0; deaths -= 1) {
      await appendingOrDone(act);
      await sleep(act.random.whole(0, APPEND_MS));
      act.struck();
      await act.producer.kill();
    }
    await entering;
  },
};

const clockOfWorker: Fault = {
  name: 'worker-clock-jumps',
  sentence:
    "the worker's wall clock jumps forwards or backwards, by minutes or days, in the middle of a batch",
  weight: 5,
  needs: {},
  async strike(act) {
    const step = act.random.pick(['before-intent', 'after-intent', 'after-insert', 'after-commit'] as const);
    const worker = await act.crew.enter(holdAt(act, step));
    if (!(await heldOrDrained(act, worker))) return;
    act.struck();
    worker.skewClock(act.random.pick(JUMPS_MS));
    worker.release();
    if (!act.random.chance(0.5)) return;
    await sleep(act.random.whole(0, 300));
    await worker.kill();
  },
};

const clockOfProducer: Fault = {
  name: 'producer-clock-jumps',
  sentence: "the producer's wall clock jumps, then an answer to an append is lost, or the producer is killed",
  weight: 6,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    await act.crew.enter();
    act.producer.skewClock(act.random.pick(JUMPS_MS));
    act.struck();
    if (act.random.chance(0.5)) {
      const lost = Promise.race(act.producer.wires.map((wire) => wire.loseAnswer(KAFKA_PRODUCE)));
      await Promise.race([lost, act.producer.firstPart]);
      return;
    }
    await appendingOrDone(act);
    await sleep(act.random.whole(0, APPEND_MS));
    await act.producer.kill();
  },
};

export const OTHER_FAULTS: readonly Fault[] = [nobody, producerKilled, clockOfWorker, clockOfProducer];

async function appendingOrDone(act: Act): Promise<void> {
  await Promise.race([act.producer.appending(), act.producer.firstPart]);
}

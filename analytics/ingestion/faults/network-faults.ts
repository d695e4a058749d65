import { setTimeout as sleep } from 'node:timers/promises';
import { SINK_STEPS } from '../../../ingest/sinks/fault-point.ts';
import type { Act, Fault } from './act.ts';
import type { Worker } from './crew.ts';
import {
  INSERT,
  KAFKA_FETCH,
  KAFKA_HEARTBEAT,
  KAFKA_OFFSET_COMMIT,
  KAFKA_PRODUCE,
  type Wire,
} from './wire.ts';
import { drained, heldOrDrained, holdAt } from './worker-faults.ts';

const INSERT_ANSWER_LOST: Fault = {
  name: 'insert-answer-lost',
  sentence:
    'ClickHouse took an insert, but the connection breaks before the answer arrives; one to four times',
  weight: 10,
  needs: {},
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    await repeat(act, worker, () => wireToClickHouse(worker).loseAnswer(INSERT));
  },
};

const INSERT_ORPHANED: Fault = {
  name: 'insert-orphaned',
  sentence: 'the worker believes an insert lost and sends it again while ClickHouse still works on the first',
  weight: 8,
  needs: {},
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    await repeat(act, worker, () => wireToClickHouse(worker).orphanRequest(INSERT));
  },
};

const INSERT_CUT: Fault = {
  name: 'insert-cut-in-two',
  sentence: 'the connection breaks in the middle of an insert, so that ClickHouse has a part of it',
  weight: 4,
  needs: {},
  // ClickHouse's library does not always survive it (README.md).
  alone: true,
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    await repeat(act, worker, () => wireToClickHouse(worker).cutRequest(INSERT, act.random.next()));
  },
};

const CLICKHOUSE_AWAY: Fault = {
  name: 'network-to-clickhouse-cut',
  sentence: 'the worker reaches the log but not ClickHouse for a while (refused or silent), then again',
  weight: 5,
  needs: {},
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    if (!(await heldOrDrained(act, worker))) return;
    await breakFor(act, [wireToClickHouse(worker)], act.random.whole(100, 1_500), () => worker.release());
  },
};

const COMMIT_ANSWER_LOST: Fault = {
  name: 'commit-answer-lost',
  sentence: 'the broker took a commit of the worker, but the connection breaks before the answer arrives',
  weight: 10,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    await repeat(act, worker, () =>
      onAny(worker.wires.brokers, (wire) => wire.loseAnswer(KAFKA_OFFSET_COMMIT)),
    );
  },
};

const ANSWERS_LOST: Fault = {
  name: 'broker-answers-lost',
  sentence: 'answers of the broker to reads and signs of life get lost',
  weight: 4,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter({ step: 'before-intent', time: 1 });
    await repeat(act, worker, () =>
      onAny(worker.wires.brokers, (wire) =>
        wire.loseAnswer(act.random.chance(0.5) ? KAFKA_FETCH : KAFKA_HEARTBEAT),
      ),
    );
  },
};

const CUT_OFF: Fault = {
  name: 'worker-cut-off',
  sentence:
    'a worker in the middle of a batch loses the brokers but not ClickHouse, longer than its session; another one takes over',
  weight: 5,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    const cutOff = await act.crew.enter(holdAt(act, act.random.pick(SINK_STEPS.filter(isAlwaysReached))));
    if (!(await heldOrDrained(act, cutOff))) return;
    act.struck();
    const stalls = act.random.chance(0.5);
    for (const wire of cutOff.wires.brokers) {
      if (stalls) wire.stall();
      else wire.cut();
    }
    // It inserts while its partitions move, or only after the other one has stored everything.
    const goesOnAtOnce = act.random.chance(0.5);
    if (goesOnAtOnce) cutOff.release();
    await act.crew.enter();
    await drained(act);
    for (const wire of cutOff.wires.brokers) wire.mend();
    cutOff.release();
  },
};

const BROKER_WIRE_CUT: Fault = {
  name: 'network-to-broker-cut',
  sentence: 'the only worker loses the brokers for a while (reset, refused or silent), then has them again',
  weight: 5,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter(holdAt(act, act.random.pick(SINK_STEPS.filter(isAlwaysReached))));
    if (!(await heldOrDrained(act, worker))) return;
    await breakFor(act, worker.wires.brokers, act.random.whole(50, 3_500), () => worker.release());
  },
};

const APPEND_ANSWER_LOST: Fault = {
  name: 'append-answer-lost',
  sentence: 'the broker took an append of the producer, but the connection breaks before the answer arrives',
  weight: 8,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    await act.crew.enter();
    for (let times = act.random.whole(1, 3); times > 0; times -= 1) {
      await orDone(
        act,
        onAny(act.producer.wires, (wire) => wire.loseAnswer(KAFKA_PRODUCE)),
      );
    }
  },
};

const APPEND_ORPHANED: Fault = {
  name: 'append-orphaned',
  sentence: 'the producer believes an append lost and tries again while the broker still works on the first',
  weight: 5,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    await act.crew.enter();
    await orDone(
      act,
      onAny(act.producer.wires, (wire) => wire.orphanRequest(KAFKA_PRODUCE)),
    );
  },
};

const PRODUCER_CUT: Fault = {
  name: 'network-to-producer-cut',
  sentence: 'the producer loses the brokers for a while (refused or silent), then has them again',
  weight: 5,
  needs: { kafka: true },
  wired: true,
  async strike(act) {
    await act.crew.enter();
    await act.producer.appending();
    await breakFor(act, act.producer.wires, act.random.whole(50, 5_000), () => undefined);
  },
};

export const NETWORK_FAULTS: readonly Fault[] = [
  INSERT_ANSWER_LOST,
  INSERT_ORPHANED,
  INSERT_CUT,
  CLICKHOUSE_AWAY,
  COMMIT_ANSWER_LOST,
  ANSWERS_LOST,
  CUT_OFF,
  BROKER_WIRE_CUT,
  APPEND_ANSWER_LOST,
  APPEND_ORPHANED,
  PRODUCER_CUT,
];

const isAlwaysReached = (step: string): boolean => !step.endsWith('dead-letter');

function wireToClickHouse({ wires: { clickHouse } }: Worker): Wire {
  if (clickHouse === null) throw new Error('This fault was to be given wires.');
  return clickHouse;
}

/** The same mishap one to four times, from the first batch on. */
async function repeat(act: Act, worker: Worker, mishap: () => Promise<void>): Promise<void> {
  if (!(await heldOrDrained(act, worker))) return;
  let times = act.random.whole(1, 4);
  let next = mishap();
  worker.release();
  for (; times > 0; times -= 1) {
    const happened = await Promise.race([next.then(() => true), drained(act).then(() => false)]);
    if (!happened) return;
    act.struck();
    if (times > 1) next = mishap();
  }
}

/** Whichever wire it happens on first. */
async function onAny(wires: readonly Wire[], mishap: (wire: Wire) => Promise<void>): Promise<void> {
  await Promise.race(wires.map(mishap));
}

/** Waits for a mishap of the producer, unless it has nothing more to append. */
async function orDone(act: Act, mishap: Promise<void>): Promise<void> {
  const happened = await Promise.race([mishap.then(() => true), act.producer.firstPart.then(() => false)]);
  if (happened) act.struck();
}

async function breakFor(act: Act, wires: readonly Wire[], ms: number, meanwhile: () => void): Promise<void> {
  const how = act.random.pick(['cut', 'stall', 'reset'] as const);
  act.struck();
  for (const wire of wires) wire[how]();
  meanwhile();
  await sleep(ms);
  for (const wire of wires) wire.mend();
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkStep } from '../../../ingest/sinks/fault-point.ts';
import type { Act, Fault } from './act.ts';
import { groupCoordinator, leaderOf } from './leaders.ts';
import { INSERT } from './wire.ts';
import { heldOrDrained, holdAt } from './worker-faults.ts';

const CLICKHOUSE_STEPS: readonly { step: SinkStep; when: string; weight: number }[] = [
  { step: 'after-intent', when: 'before', weight: 3 },
  { step: 'inserting', when: 'in', weight: 5 },
  { step: 'after-insert', when: 'after', weight: 3 },
];
const INSERT_MS = 12;

const clickHouseKilled: readonly Fault[] = CLICKHOUSE_STEPS.map(({ step, when, weight }) => ({
  name: `clickhouse-killed-${when}-insert`,
  sentence: `kill -9 of ClickHouse ${when === 'in' ? 'in the middle of' : when} an insert; in a third of the runs the worker dies with it`,
  weight,
  needs: {},
  alone: true,
  async strike(act) {
    const worker = await act.crew.enter(holdAt(act, step));
    if (!(await heldOrDrained(act, worker))) return;
    if (step === 'inserting') await sleep(act.random.whole(0, INSERT_MS));
    act.struck();
    act.servers.clickHouse.kill();
    if (act.random.chance(0.33)) await worker.kill();
    else worker.release();
    await clickHouseIsBack(act);
  },
}));

const clickHouseAsleep: Fault = {
  name: 'clickhouse-asleep',
  sentence:
    'ClickHouse sleeps (SIGSTOP) with an insert in hand, the worker gives up waiting and sends it again, then both are in hand',
  weight: 3,
  needs: {},
  alone: true,
  wired: true,
  async strike(act) {
    const worker = await act.crew.enter(holdAt(act, 'before-intent'));
    if (!(await heldOrDrained(act, worker))) return;
    act.struck();
    act.servers.clickHouse.signal('SIGSTOP');
    const orphaned = worker.wires.clickHouse!.orphanRequest(INSERT);
    worker.release();
    await orphaned;
    await sleep(act.random.whole(0, 800));
    act.servers.clickHouse.signal('SIGCONT');
  },
};

const clickHouseDiskFull: Fault = {
  name: 'clickhouse-disk-full',
  sentence: "ClickHouse's disk is full for a while, in the middle of inserts; then there is room again",
  weight: 3,
  needs: { disk: 'ClickHouse' },
  alone: true,
  async strike(act) {
    const worker = await act.crew.enter(holdAt(act, 'before-intent'));
    if (!(await heldOrDrained(act, worker))) return;
    act.struck();
    const { disk } = act.servers.clickHouse;
    await disk.fill(act.random.pick([0, 0, 4, 16, 40, 100]) * 1024);
    worker.release();
    await sleep(act.random.whole(300, 2_000));
    if (act.random.chance(0.3)) await worker.kill();
    await disk.free();
    await clickHouseIsBack(act);
  },
};

const brokerKilled: Fault = {
  name: 'broker-killed',
  sentence: 'kill -9 of a broker while the producer appends and the worker is somewhere in a batch',
  weight: 3,
  needs: { kafka: true },
  alone: true,
  async strike(act) {
    const { nodes } = act.servers.kafka!;
    await killNode(act, act.random.pick(nodes).id, act.random.whole(0, 1_000));
  },
};

const leaderKilled: Fault = {
  name: 'leader-killed',
  sentence: 'kill -9 of the broker that leads a partition, of three; the others go on without it',
  weight: 4,
  needs: { kafka: true, nodes: 3 },
  alone: true,
  async strike(act) {
    await killNode(act, await leaderOf(act.servers.kafka!.brokers, act.random.pick(act.topics)), 3_000);
  },
};

const coordinatorKilled: Fault = {
  name: 'coordinator-killed',
  sentence: "kill -9 of the broker that keeps the group's offsets, of three",
  weight: 4,
  needs: { kafka: true, nodes: 3 },
  alone: true,
  async strike(act) {
    await killNode(act, await groupCoordinator(act.servers.kafka!.brokers, act.group), 3_000);
  },
};

const brokerAsleep: Fault = {
  name: 'broker-asleep',
  sentence:
    'the broker sleeps (SIGSTOP) with requests in hand; in half of the runs the producer is killed meanwhile',
  weight: 2,
  needs: { kafka: true },
  alone: true,
  async strike(act) {
    await act.crew.enter();
    const node = act.random.pick(act.servers.kafka!.nodes);
    await act.producer.appending();
    act.struck();
    await node.kill('SIGSTOP');
    await sleep(act.random.whole(100, 4_000));
    const killing = act.random.chance(0.5) ? act.producer.kill() : Promise.resolve();
    await sleep(act.random.whole(0, 500));
    await node.kill('SIGCONT');
    await killing;
  },
};

const brokerDiskFull: Fault = {
  name: 'broker-disk-full',
  sentence: "a broker's disk is full while events are appended; it ends, gets room, and is started again",
  weight: 2,
  needs: { kafka: true, disk: 'Kafka' },
  alone: true,
  async strike(act) {
    await act.crew.enter();
    const { disk, nodes } = act.servers.kafka!;
    const [node] = nodes;
    act.struck();
    await disk.fill(act.random.pick([0, 0, 8, 40]) * 1024);
    await sleep(act.random.whole(500, 3_000));
    await node!.kill('SIGKILL');
    await disk.free();
    await node!.start();
  },
};

const storm: Fault = {
  name: 'storm',
  sentence: 'workers, the producer and ClickHouse are killed in any order within some seconds',
  weight: 3,
  needs: { kafka: true },
  alone: true,
  async strike(act) {
    await Promise.all([act.crew.enter(), act.crew.enter()]);
    act.struck();
    for (let blows = act.random.whole(3, 5); blows > 0; blows -= 1) {
      await sleep(act.random.whole(0, 400));
      switch (act.random.pick(['worker', 'worker', 'producer', 'ClickHouse'] as const)) {
        case 'worker':
          await act.crew.workers[0]?.kill();
          await act.crew.enter();
          break;
        case 'producer':
          await act.producer.kill();
          break;
        case 'ClickHouse':
          act.servers.clickHouse.kill();
      }
    }
    await clickHouseIsBack(act);
  },
};

export const SERVER_FAULTS: readonly Fault[] = [
  ...clickHouseKilled,
  clickHouseAsleep,
  clickHouseDiskFull,
  brokerKilled,
  leaderKilled,
  coordinatorKilled,
  brokerAsleep,
  brokerDiskFull,
  storm,
];

/** A kill takes a moment to be noticed; who asks too early is answered by nobody, and asks again. */
async function clickHouseIsBack({ servers: { clickHouse } }: Act): Promise<void> {
  await sleep(50);
  await clickHouse.isUp();
}

async function killNode(act: Act, id: number, deadForMs: number): Promise<void> {
  const node = act.servers.kafka!.nodes.find((each) => each.id === id);
  if (node === undefined) throw new Error(`Kafka has no node ${id}.`);
  const step = act.random.pick(['before-intent', 'after-intent', 'after-insert'] as const);
  const worker = await act.crew.enter(holdAt(act, step));
  if (!(await heldOrDrained(act, worker))) return;
  act.struck();
  await node.kill('SIGKILL');
  worker.release();
  await sleep(deadForMs);
  await node.start();
}

import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '../../../ingest/clickhouse/client.ts';
import { listDeadLetters } from '../../../ingest/dead-letters/dead-letters.ts';
import type { EventLog } from '../../../ingest/log/event-log.ts';
import { SINK_GROUP } from '../../../ingest/sinks/clickhouse-sink.ts';
import { messageOf } from '../../../runtime/errors.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { Act, Fault } from './act.ts';
import type { Cast } from './cast.ts';
import { createCrew, layBrokerWires } from './crew.ts';
import type { Sabotage } from './messages.ts';
import { startProducer } from './producer.ts';
import { createRandom } from './random.ts';
import { CARRIED_TOPICS, openSceneLog } from './scene.ts';
import type { Servers } from './servers.ts';
import { seededDay } from './shop.ts';
import type { Stage } from './stages.ts';
import { isRight, judge, type Evidence, type Verdict } from './verdict.ts';

export interface RunDeps {
  readonly cast: Cast;
  readonly servers: Servers;
  readonly logger: Logger;
  readonly sabotage: Sabotage | null;
}

export interface RunResult {
  readonly seed: number;
  readonly fault: string;
  readonly seconds: number;
  /** From the damage until everything was stored; null when the fault did not come about. */
  readonly recoverySeconds: number | null;
  readonly acknowledged: number;
  readonly verdict: Verdict | null;
  /** Why there is no verdict: the run did not come to its end. */
  readonly stuck: string | null;
  readonly isRight: boolean;
  /** What workers said that ended by themselves. */
  readonly failures: readonly string[];
}

const VISITS = { least: 50, most: 140 };
const DRAIN_LIMIT_MS = 90_000;
/** Asking how far the group is costs a request a partition. */
const POLL_MS = 200;
/** The share of the events that comes after the fault: the system must go on, not only end well. */
const LATE_SHARE = 0.2;
const UNDECODABLE = 2;
const JUDGE_ATTEMPTS = 5;
const JUDGE_AGAIN_MS = 500;

/** One run: events are appended and carried while the fault happens, then everything is mended, drained and compared. */
export async function performRun(
  deps: RunDeps,
  stage: Stage,
  fault: Fault,
  seed: number,
): Promise<RunResult> {
  const { cast, servers, logger, sabotage } = deps;
  const beganAt = performance.now();
  const secondsSince = (from: number): number => (performance.now() - from) / 1000;
  const random = createRandom(seed);
  random.next(); // the fault was chosen with it
  const events = seededDay(random, random.whole(VISITS.least, VISITS.most));
  const log = await openSceneLog(stage.log, stage.log.kind === 'embedded' ? 'guest' : 'owner', logger);
  const client = connectClickHouse({ url: servers.clickHouse.url, database: stage.database });
  const isWired = fault.wired === true;
  const crew = createCrew({
    cast,
    random,
    servers,
    log: stage.log,
    database: stage.database,
    isWired,
    sabotage,
  });
  const poison = fault.poison === true ? await appendPoison(log) : [];
  const producer = await startProducer({
    cast,
    servers,
    log: stage.log,
    events,
    holdAt: Math.floor(events.length * (1 - LATE_SHARE)),
    chunk: random.whole(5, 60),
    pauseMs: random.whole(0, 30),
    wires: isWired ? await layBrokerWires(servers) : [],
  });
  let struckAt: number | undefined;
  let verdict: Verdict | null = null;
  let stuck: string | null = null;
  let recoverySeconds: number | null = null;

  const linesOf = () => log.lag(SINK_GROUP);
  const isDrained = async (): Promise<boolean> =>
    (await linesOf()).filter(({ topic }) => CARRIED_TOPICS.includes(topic)).every(({ lag }) => lag === 0);
  const act: Act = {
    random,
    servers,
    crew,
    producer,
    log,
    topics: stage.topics,
    group: stage.group,
    struck: () => void (struckAt ??= performance.now()),
    isDrained,
  };
  try {
    await within(DRAIN_LIMIT_MS, 'the fault', fault.strike(act));
    if (crew.workers.length === 0) await crew.enter();
    producer.release();
    await within(DRAIN_LIMIT_MS, 'appending', producer.done);
    await within(DRAIN_LIMIT_MS, 'storing', untilTrue(isDrained));
    if (struckAt !== undefined) recoverySeconds = secondsSince(struckAt);
    await Promise.all([crew.close(), producer.close()]);
    const evidence = {
      client,
      attempted: new Map(events.map((event) => [event.id, event])),
      acknowledged: producer.acknowledged,
      lines: await linesOf(),
      poison,
      deadLetters: fault.poison === true ? await originsOf(log) : null,
    };
    verdict = await judgeOnServer(servers, evidence);
  } catch (error) {
    stuck = messageOf(error);
  } finally {
    await Promise.all([crew.close(), producer.close()]);
    await client.close();
    await log.close();
  }
  return {
    seed,
    fault: fault.name,
    seconds: secondsSince(beganAt),
    recoverySeconds,
    acknowledged: producer.acknowledged.size,
    verdict,
    stuck,
    isRight: verdict !== null && isRight(verdict),
    failures: crew.failures,
  };
}

/** Records that are no events. @returns their places */
async function appendPoison(log: EventLog): Promise<readonly string[]> {
  const records = Array.from({ length: UNDECODABLE }, (_, index) => ({
    topic: 'store.presence.v1',
    key: `poison-${index}`,
    value: Buffer.from(`not an event ${index}`),
  }));
  return (await log.append(records)).map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`);
}

async function originsOf(log: EventLog): Promise<readonly string[]> {
  return (await listDeadLetters(log)).map(
    ({ origin: { topic, partition, offset } }) => `${topic}/${partition}/${offset}`,
  );
}

/** ClickHouse may die by itself while it is asked; what it then has is what counts. */
async function judgeOnServer({ clickHouse }: Servers, evidence: Evidence): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await clickHouse.isUp();
      return await judge(evidence);
    } catch (error) {
      if (attempt === JUDGE_ATTEMPTS) throw error;
      await sleep(JUDGE_AGAIN_MS);
    }
  }
}

async function untilTrue(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await sleep(POLL_MS);
}

async function within<Answer>(limitMs: number, what: string, work: Promise<Answer>): Promise<Answer> {
  const patience = new AbortController();
  const overdue = sleep(limitMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`${what} was not done after ${limitMs / 1000} s`);
  });
  overdue.catch(() => undefined);
  try {
    return await Promise.race([work, overdue]);
  } finally {
    patience.abort();
  }
}

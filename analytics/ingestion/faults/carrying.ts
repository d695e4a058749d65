import { connectClickHouse } from '../../../ingest/clickhouse/client.ts';
import { startClickHouseSink, type ClickHouseSink } from '../../../ingest/sinks/clickhouse-sink.ts';
import type { SinkStep } from '../../../ingest/sinks/fault-point.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { CarryOrder, Hold, Told } from './messages.ts';
import { sabotaged } from './sabotage.ts';
import { CARRIED_TOPICS, openSceneLog } from './scene.ts';

/** What a process of the suite does for a while. */
export interface Role {
  readonly opened: Promise<void>;
  /** Never fulfilled; rejects when the role can't go on. */
  readonly failed: Promise<never>;
  hold(hold: Hold): void;
  release(): void;
  close(): Promise<void>;
}

/** As in production. */
const MAX_WAIT_MS = 200;

/** The sink as `smart-store sink` runs it, with a place to stand still at each step. */
export function startCarrying(order: CarryOrder, tell: (what: Told) => void, logger: Logger): Role {
  let held = order.hold === null ? undefined : { step: order.hold.step, times: order.hold.time };
  let release: () => void = () => undefined;
  let fail: (reason: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));

  async function at(step: SinkStep): Promise<void> {
    if (held?.step !== step) return;
    held.times -= 1;
    if (held.times > 0) return;
    held = undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    tell({ kind: 'reached', step });
    await released;
  }

  const started = open();
  async function open(): Promise<{ sink: ClickHouseSink; end: () => Promise<void> }> {
    const opened = await openSceneLog(order.log, 'owner', logger);
    const connected = connectClickHouse({ url: order.url, database: order.database });
    const { log, client } = sabotaged(order.sabotage, opened, connected);
    const sink = await startClickHouseSink({
      log,
      client,
      logger,
      topics: CARRIED_TOPICS,
      batch: { maxRecords: order.maxRecords, maxWaitMs: MAX_WAIT_MS },
      at,
    });
    sink.closed.catch((error: unknown) => fail(error));
    return {
      sink,
      async end() {
        await sink.close();
        await client.close();
        await log.close();
      },
    };
  }

  return {
    opened: started.then(() => undefined),
    failed,
    hold({ step, time }) {
      held = { step, times: time };
    },
    release: () => release(),
    async close() {
      await (await started).end();
    },
  };
}

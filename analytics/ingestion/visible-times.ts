import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { EventLog } from '../../ingest/log/event-log.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { OpenLoopOrders } from './open-loop.process.ts';

const POLL_EVERY_MS = 20;
const LIMIT_MS = 60_000;

/** A query's answer: so far each partition could be seen at this moment. */
interface Sight {
  readonly atMs: number;
  readonly through: ReadonlyMap<number, number>;
}

/**
 * How long after it was written each event is found by a query, while a process of its own appends at a steady rate
 * without waiting for anything. An event counts as visible when an answer that holds it has arrived.
 * @returns milliseconds, an entry an event
 */
export async function visibleTimes(
  client: ClickHouseClient,
  log: EventLog,
  orders: OpenLoopOrders,
): Promise<readonly number[]> {
  const sink = await startClickHouseSink({
    log,
    client,
    logger: createLogger('bench', 'error'),
    topics: [orders.topic],
  });
  const producer = startChild(new URL('./open-loop.process.ts', import.meta.url), [JSON.stringify(orders)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    const ended = once(producer, 'exit');
    const sights = await watch(client, orders.eventsPerSecond * orders.seconds);
    await ended;
    return await delays(client, sights);
  } finally {
    producer.kill();
    await sink.close();
  }
}

async function watch(client: ClickHouseClient, count: number): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  const giveUpMs = performance.now() + LIMIT_MS;
  for (let seen = 0; seen < count;) {
    if (performance.now() > giveUpMs) throw new Error(`saw ${seen} of ${count} events`);
    await sleep(POLL_EVERY_MS);
    const answer = await client.query({
      query: 'SELECT partition, max(offset) AS through, count() AS rows FROM events GROUP BY partition',
      format: 'JSONEachRow',
    });
    const rows = await answer.json<{ partition: number; through: number; rows: number }>();
    sights.push({
      atMs: Date.now(),
      through: new Map(rows.map(({ partition, through }) => [partition, through])),
    });
    seen = rows.reduce((sum, row) => sum + row.rows, 0);
  }
  return sights;
}

/** Offsets of a partition become visible in their order, so the first sight that reaches an event is its own. */
async function delays(client: ClickHouseClient, sights: readonly Sight[]): Promise<readonly number[]> {
  const answer = await client.query({
    query: `SELECT partition, toUnixTimestamp64Milli(recorded_time) AS writtenMs, max(offset) AS through, count() AS events
      FROM events GROUP BY partition, writtenMs ORDER BY partition, writtenMs`,
    format: 'JSONEachRow',
  });
  const written = await answer.json<{
    partition: number;
    writtenMs: number;
    through: number;
    events: number;
  }>();
  return written.flatMap(({ partition, writtenMs, through, events }) => {
    const sight = sights.find((one) => (one.through.get(partition) ?? -1) >= through);
    if (sight === undefined) throw new Error(`offset ${through} of partition ${partition} was never seen`);
    return new Array<number>(events).fill(sight.atMs - writtenMs);
  });
}

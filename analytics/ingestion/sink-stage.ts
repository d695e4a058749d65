import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { decode } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import type { Batch, EventLog } from '../../ingest/log/event-log.ts';
import { createBatchWriter } from '../../ingest/sinks/batch-writer.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { createEventsBlock } from '../../ingest/sinks/events-block.ts';
import { insertEvents } from '../../ingest/sinks/events-insert.ts';
import { eventsRow, type EventsRow } from '../../ingest/sinks/events-table.ts';
import { createPartitionBatches } from '../../ingest/sinks/partition-batches.ts';
import { createSinkCounters } from '../../ingest/sinks/sink-metrics.ts';
import { createLogger } from '../../runtime/logger.ts';
import { expectRows } from './bench-tools.ts';

/** What the sink puts into one insert at most; the raw insert gets the same. */
export const ROWS_PER_INSERT = 10_000;
/** As many batches at a time as the sink has consumers. */
const BATCHES_AT_A_TIME = 2;
const READ_LIMIT_MS = 60_000;

export interface Rate {
  readonly perSecond: number;
  /** By the processor time of this process alone. */
  readonly perCpuSecond: number;
}

/** Everything from the log to the last acknowledged and committed row; joining the group and the first batch aside. */
export async function workerRate(
  client: ClickHouseClient,
  log: EventLog,
  topics: readonly string[],
  count: number,
): Promise<Rate> {
  let stored = 0;
  let beginning: { count: number; wallMs: number; cpu: NodeJS.CpuUsage } | undefined;
  let finish: (rate: Rate) => void;
  const finished = new Promise<Rate>((resolve) => (finish = resolve));
  const sink = await startClickHouseSink({
    log,
    client,
    logger: createLogger('bench', 'error'),
    topics,
    onFate: () => void (stored += 1),
    at: (step) => {
      if (step !== 'after-commit') return;
      beginning ??= { count: stored, wallMs: performance.now(), cpu: process.cpuUsage() };
      if (stored < count) return;
      finish(rateSince(beginning, count - beginning.count));
    },
  });
  const rate = await Promise.race([finished, sink.closed]);
  await sink.close();
  await expectRows(client, count);
  if (rate === undefined) throw new Error('the sink ended before its work was done');
  return rate;
}

/** From records in memory to acknowledged and committed rows: reading, checking, encoding, intents, inserts, commits. */
export async function stageRate(
  client: ClickHouseClient,
  log: EventLog,
  topics: readonly string[],
  count: number,
): Promise<Rate> {
  const { batches, close } = await readAll(log, topics, count);
  const logger = createLogger('bench', 'error');
  const { signal } = new AbortController();
  const counters = createSinkCounters();
  const store = createBatchWriter({ log, client, logger, decode, counters, stopping: signal });
  const byPartition = new Map<string, Batch[]>();
  for (const batch of batches) {
    const name = `${batch.topic}:${batch.partition}`;
    byPartition.set(name, [...(byPartition.get(name) ?? []), batch]);
  }
  const began = { wallMs: performance.now(), cpu: process.cpuUsage() };
  const work = byPartition.values();
  const workers = Array.from({ length: BATCHES_AT_A_TIME }, async () => {
    for (const ofPartition of work) {
      const records = ofPartition.flatMap((batch) => batch.records);
      const whole: Batch = { ...ofPartition[0]!, records };
      await store(whole, createPartitionBatches(ROWS_PER_INSERT).cut(whole));
    }
  });
  await Promise.all(workers);
  const rate = rateSince(began, count);
  await close();
  await expectRows(client, count);
  return rate;
}

/** The same rows, as large a batch, the same tables and roll-ups, encoded beforehand; one insert after the other. */
export async function rawRate(client: ClickHouseClient, events: readonly AnyEvent[]): Promise<number> {
  const rows = rowsOf(events);
  const block = createEventsBlock();
  const bodies: Buffer[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    block.clear();
    for (const row of rows.slice(at, at + ROWS_PER_INSERT)) block.add(row);
    bodies.push(block.toBuffer());
  }
  const began = performance.now();
  for (const [index, body] of bodies.entries()) await insertEvents(client, body, `raw:${index}`);
  const seconds = (performance.now() - began) / 1000;
  await expectRows(client, events.length);
  return events.length / seconds;
}

export function rowsOf(events: readonly AnyEvent[]): readonly EventsRow[] {
  return events.map((event, offset) =>
    eventsRow(event, { topic: 'store.presence.v1', partition: 0, offset }),
  );
}

/** The consumer stays, so that the batches can be committed. */
async function readAll(
  log: EventLog,
  topics: readonly string[],
  count: number,
): Promise<{ batches: readonly Batch[]; close: () => Promise<void> }> {
  const batches: Batch[] = [];
  let read = 0;
  const consumer = await log.consume({
    group: 'sink-stage',
    topics,
    maxRecords: ROWS_PER_INSERT,
    onBatch: (batch) => {
      batches.push(batch);
      read += batch.records.length;
      return Promise.resolve();
    },
  });
  const giveUpMs = performance.now() + READ_LIMIT_MS;
  while (read < count) {
    if (performance.now() > giveUpMs) throw new Error(`read ${read} of ${count} events from the log`);
    await Promise.race([sleep(20), consumer.closed]);
  }
  return { batches, close: () => consumer.close() };
}

function rateSince(began: { wallMs: number; cpu: NodeJS.CpuUsage }, count: number): Rate {
  const seconds = (performance.now() - began.wallMs) / 1000;
  const { user, system } = process.cpuUsage(began.cpu);
  return { perSecond: count / seconds, perCpuSecond: (count * 1e6) / (user + system) };
}

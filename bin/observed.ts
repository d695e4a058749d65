import type { EventLog } from '../ingest/log/event-log.ts';
import { SINK_GROUP, type ClickHouseSink } from '../ingest/sinks/clickhouse-sink.ts';
import { observe } from '../runtime/telemetry-instruments.ts';
import { METRICS } from '../runtime/telemetry-metrics.ts';
import { countPending } from '../store/database/outbox.ts';
import type { Database } from '../store/database/database.ts';
import type { EventWriter } from '../ingest/log/event-writer.ts';

/** What of a store is read when /metrics is asked. */
export interface ObservedParts {
  readonly log: EventLog;
  /** Topics that the sink carries. */
  readonly topics: readonly string[];
  /** Null where workers elsewhere carry the events. */
  readonly sink: ClickHouseSink | null;
  readonly writer: EventWriter;
  readonly database: Database;
}

/** Watches the parts of a store that keep their own figures. @returns ends it */
export function observeStore({ log, topics, sink, writer, database }: ObservedParts): () => void {
  const stops = [
    observe([METRICS.eventsWaiting], (report) => report(METRICS.eventsWaiting, writer.waiting, {})),
    observe([METRICS.outboxPending], async (report) =>
      report(METRICS.outboxPending, await countPending(database), {}),
    ),
    sink === null ? observeLag(log, topics) : observeSink(sink),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Watches a sink and how far it is behind. @returns ends it */
export function observeSink(sink: ClickHouseSink): () => void {
  const { sinkRows, sinkBatches, sinkRetries, sinkDeadLetters, sinkBlocked, sinkOldest, sinkLag } = METRICS;
  const { sinkPartitionsLost, sinkReadBytes, sinkInsertedBytes } = METRICS;
  const counters = [sinkRows, sinkBatches, sinkRetries, sinkDeadLetters, sinkPartitionsLost];
  const gauges = [sinkBlocked, sinkOldest, sinkLag];
  return observe([...counters, sinkReadBytes, sinkInsertedBytes, ...gauges], async (report) => {
    const figures = await sink.metrics();
    report(sinkRows, figures.rows, {});
    report(sinkBatches, figures.batches, {});
    for (const [reason, retries] of retriesByName(figures.errors)) report(sinkRetries, retries, { reason });
    report(sinkDeadLetters, figures.deadLetters, {});
    report(sinkPartitionsLost, figures.partitionsLost, {});
    report(sinkReadBytes, figures.bytes.read, {});
    report(sinkInsertedBytes, figures.bytes.inserted, {});
    report(sinkBlocked, figures.lastError === null ? 0 : 1, {});
    report(sinkOldest, (figures.oldestPendingMs ?? 0) / 1000, {});
    for (const { topic, partition, lag } of figures.lagByPartition)
      report(sinkLag, lag, { topic, partition: String(partition) });
  });
}

/** ClickHouse names its errors; what a connection says about itself is prose without end. */
function retriesByName(errors: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const retries = new Map<string, number>();
  for (const [words, number] of Object.entries(errors)) {
    const name = /^ClickHouse ([A-Z0-9_]+) \(code /.exec(words)?.[1] ?? 'connection';
    retries.set(name, (retries.get(name) ?? 0) + number);
  }
  return retries;
}

/** The log knows how far workers elsewhere are behind. */
function observeLag(log: EventLog, topics: readonly string[]): () => void {
  return observe([METRICS.sinkLag], async (report) => {
    for (const { topic, partition, lag } of await log.lag(SINK_GROUP)) {
      if (topics.includes(topic)) report(METRICS.sinkLag, lag, { topic, partition: String(partition) });
    }
  });
}

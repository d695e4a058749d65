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
    sink === null ? observeLag(log, topics) : observeSink(sink, log, topics),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Watches a sink and how far it is behind. @returns ends it */
export function observeSink(sink: ClickHouseSink, log: EventLog, topics: readonly string[]): () => void {
  const { sinkRows, sinkBatches, sinkRetries, sinkDeadLetters, sinkBlocked, sinkOldest } = METRICS;
  const stopSink = observe(
    [sinkRows, sinkBatches, sinkRetries, sinkDeadLetters, sinkBlocked, sinkOldest],
    async (report) => {
      const { rows, batches, retries, deadLetters, oldestPendingMs, lastError } = await sink.metrics();
      report(sinkRows, rows, {});
      report(sinkBatches, batches, {});
      report(sinkRetries, retries, {});
      report(sinkDeadLetters, deadLetters, {});
      report(sinkBlocked, lastError === null ? 0 : 1, {});
      report(sinkOldest, (oldestPendingMs ?? 0) / 1000, {});
    },
  );
  const stopLag = observeLag(log, topics);
  return () => {
    stopSink();
    stopLag();
  };
}

/** The log knows how far the sink is behind, wherever it runs. */
function observeLag(log: EventLog, topics: readonly string[]): () => void {
  return observe([METRICS.sinkLag], async (report) => {
    for (const { topic, partition, lag } of await log.lag(SINK_GROUP)) {
      if (topics.includes(topic)) report(METRICS.sinkLag, lag, { topic, partition: String(partition) });
    }
  });
}

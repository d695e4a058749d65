import { context, ROOT_CONTEXT, SpanKind, trace, type Span, type SpanContext } from '@opentelemetry/api';
import { count, measure } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import {
  carriedTrace,
  carryTrace,
  contextOf,
  markFailed,
  sampledSpanOf,
  tracer,
  withinSpan,
} from '../../runtime/telemetry-trace.ts';
import type { Batch, ConsumeOptions, EventLog, LogRecord, NewRecord, Position } from './event-log.ts';

/** So many records of one append or one batch get a span of their own; a burst must not become a burst of spans. */
const MOST_SPANS = 32;

/**
 * Watches an event log: times appends, counts records, and carries traces through the log in the records' headers, from
 * whoever appends to whoever consumes. Records that belong to no recorded trace pass as they are.
 */
export function tracedLog(log: EventLog): EventLog {
  return {
    async append(records) {
      const startedMs = performance.now();
      const { toAppend, spans } = startAppendSpans(records);
      try {
        const positions = await log.append(toAppend);
        endAppendSpans(spans, positions);
        measure(METRICS.logAppend, secondsSince(startedMs), { result: 'ok' });
        countRecords(records);
        return positions;
      } catch (thrown) {
        measure(METRICS.logAppend, secondsSince(startedMs), { result: 'failed' });
        for (const { span } of spans) {
          markFailed(span, thrown);
          span.end();
        }
        throw thrown;
      }
    },
    consume: (options) => log.consume({ ...options, onBatch: (batch) => consumeTraced(options, batch) }),
    lag: (group, beginAtMs) => log.lag(group, beginAtMs),
    close: () => log.close(),
  };
}

interface AppendSpan {
  readonly index: number;
  readonly span: Span;
}

/** A record belongs to the trace in its headers, else to the one that is active. */
function startAppendSpans(records: readonly NewRecord[]): {
  readonly toAppend: readonly NewRecord[];
  readonly spans: readonly AppendSpan[];
} {
  const active = sampledSpanOf(context.active());
  const spans: AppendSpan[] = [];
  if (active === undefined && !records.some(({ headers }) => headers?.['traceparent'] !== undefined))
    return { toAppend: records, spans };
  const toAppend = records.map((record, index) => {
    const parent = carriedTrace(record.headers) ?? active;
    if (parent === undefined || spans.length === MOST_SPANS) return record;
    const within = contextOf(parent);
    const span = tracer().startSpan(
      `append ${record.topic}`,
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          'messaging.operation.type': 'send',
          'messaging.destination.name': record.topic,
          'messaging.batch.message_count': records.length,
        },
      },
      within,
    );
    spans.push({ index, span });
    const headers = carryTrace(record.headers, trace.setSpan(within, span));
    return headers === undefined ? record : { ...record, headers };
  });
  return { toAppend, spans };
}

function endAppendSpans(spans: readonly AppendSpan[], positions: readonly Position[]): void {
  for (const { index, span } of spans) {
    const position = positions[index];
    if (position !== undefined) span.setAttributes(placeOf(position));
    span.end();
  }
}

function countRecords(records: readonly NewRecord[]): void {
  const counts = new Map<string, number>();
  for (const { topic } of records) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  for (const [topic, number] of counts) count(METRICS.logRecords, number, { topic });
}

/**
 * A batch continues the trace of its first record that has one and links to the others (a span has one parent); those
 * get a short span in their own trace, so that every trace ends where its event was stored.
 */
async function consumeTraced({ group, onBatch }: ConsumeOptions, batch: Batch): Promise<void> {
  const carried = carriedTraces(batch.records);
  const [first, ...others] = carried;
  // Whoever appended last may have woken this consumer: its trace is not ours.
  if (first === undefined) return context.with(ROOT_CONTEXT, () => onBatch(batch));
  const attributes = {
    'messaging.operation.type': 'process',
    'messaging.destination.name': batch.topic,
    'messaging.destination.partition.id': String(batch.partition),
    'messaging.consumer.group.name': group,
  };
  const kind = SpanKind.CONSUMER;
  const span = tracer().startSpan(
    `process ${group}`,
    {
      kind,
      attributes: { ...attributes, 'messaging.batch.message_count': batch.records.length },
      links: carried.map((linked) => ({ context: linked })),
    },
    contextOf(first),
  );
  const links = [{ context: span.spanContext() }];
  const own = others.map((parent) =>
    tracer().startSpan(`process ${group}`, { kind, attributes, links }, contextOf(parent)),
  );
  try {
    await context.with(ROOT_CONTEXT, () => withinSpan(span, () => onBatch(batch)));
  } catch (thrown) {
    for (const one of own) markFailed(one, thrown);
    throw thrown;
  } finally {
    for (const one of own) one.end();
  }
}

function carriedTraces(records: readonly LogRecord[]): SpanContext[] {
  const carried: SpanContext[] = [];
  for (const { headers } of records) {
    const parent = carriedTrace(headers);
    if (parent !== undefined) carried.push(parent);
    if (carried.length === MOST_SPANS) break;
  }
  return carried;
}

function placeOf({ partition, offset }: Position): Record<string, string | number> {
  return { 'messaging.destination.partition.id': String(partition), 'messaging.kafka.offset': offset };
}

const secondsSince = (startedMs: number): number => (performance.now() - startedMs) / 1000;

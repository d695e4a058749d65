import { context, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../runtime/logger.ts';
import { parseExposition, valueOf } from '../../runtime/prometheus-text.ts';
import { carryTrace, tracer } from '../../runtime/telemetry-trace.ts';
import { startTelemetry, type Telemetry } from '../../runtime/telemetry.ts';
import { startTraceCollector, type TraceCollector } from '../../runtime/trace-collector.ts';
import { openEmbeddedLog } from './embedded.ts';
import type { EventLog, LogRecord, NewRecord } from './event-log.ts';
import { recorder } from './recorder.ts';
import { tracedLog } from './traced-log.ts';

const TOPIC = 'store.operations.v1';
const logger = createLogger('traced-log', 'silent');
let folder: string;
let collector: TraceCollector;
let telemetry: Telemetry;
let bare: EventLog;
let log: EventLog;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'traced-log-'));
  collector = await startTraceCollector();
  const who = { serviceName: 'smart-store', instance: 'demo', version: '1', profile: 'embedded' };
  telemetry = startTelemetry({ ...who, logger, tracesUrl: collector.url });
  bare = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  log = tracedLog(bare);
});
afterEach(async () => {
  await log.close();
  await telemetry.close();
  await collector.close();
  rmSync(folder, { recursive: true });
});

const record = (key = 'door', headers?: Readonly<Record<string, string>>): NewRecord => ({
  topic: TOPIC,
  key,
  value: Buffer.from(`from ${key}`),
  ...(headers === undefined ? {} : { headers }),
});
const within = (span: Span) => trace.setSpan(ROOT_CONTEXT, span);
const carrying = (span: Span) => carryTrace({}, within(span))!;

/** Consumes so many records through the traced log, then has every span sent. */
async function consumed(count: number, work = () => Promise.resolve()): Promise<readonly LogRecord[]> {
  const seen = recorder(work);
  const consumer = await log.consume({ group: 'reader', topics: [TOPIC], onBatch: seen.onBatch });
  await seen.until(count);
  await consumer.close();
  await telemetry.close();
  return seen.records;
}
const sent = (name: string) => collector.spans.filter((span) => span.name === name);

test('an event leads from who wrote it, over the log, to who works on it', async () => {
  const camera = tracer().startSpan('camera frame');
  await context.with(within(camera), () => log.append([record()]));
  camera.end();
  const [read] = await consumed(1, () => {
    tracer().startSpan('insert').end();
    return Promise.resolve();
  });
  const { traceId, spanId } = camera.spanContext();
  const [append] = sent(`append ${TOPIC}`);
  const [process] = sent('process reader');
  expect(append).toMatchObject({ traceId, parentSpanId: spanId });
  expect(read!.headers).toEqual({ traceparent: `00-${traceId}-${append!.spanId}-01` });
  expect(process).toMatchObject({
    traceId,
    parentSpanId: append!.spanId,
    links: [{ traceId, spanId: append!.spanId }],
  });
  expect(sent('insert')).toMatchObject([{ traceId, parentSpanId: process!.spanId }]);
});

test('a batch of several traces continues the first, links to all, and ends each of them', async () => {
  const cameras = [1, 2, 3].map(() => tracer().startSpan('camera frame'));
  await log.append([...cameras.map((camera) => record('door', carrying(camera))), record()]);
  for (const camera of cameras) camera.end();
  await consumed(4);
  const [batch, ...own] = sent('process reader');
  const appends = sent(`append ${TOPIC}`);
  expect(appends.map(({ parentSpanId }) => parentSpanId)).toEqual(
    cameras.map((camera) => camera.spanContext().spanId),
  );
  const all = [batch!, ...own];
  expect(all.map(({ parentSpanId }) => parentSpanId).toSorted()).toEqual(
    appends.map(({ spanId }) => spanId).toSorted(),
  );
  const whole = all.find(({ links = [] }) => links.length === 3)!;
  expect(whole.links!.map(({ spanId }) => spanId)).toEqual(appends.map(({ spanId }) => spanId));
  const others = all.filter((span) => span !== whole);
  expect(others.map(({ links }) => links)).toMatchObject([
    [{ spanId: whole.spanId }],
    [{ spanId: whole.spanId }],
  ]);
});

test('a burst of traced events is no burst of spans, and none of them loses its trace', async () => {
  const camera = tracer().startSpan('camera frame');
  const burst = Array.from({ length: 100 }, () => record('door', carrying(camera)));
  await log.append(burst);
  const read = await consumed(100);
  expect(read.every(({ headers }) => headers['traceparent']?.includes(camera.spanContext().traceId))).toBe(
    true,
  );
  expect(sent(`append ${TOPIC}`)).toHaveLength(32);
  expect(sent('process reader').length).toBeLessThanOrEqual(32 * 2);
  for (const { links = [] } of collector.spans) expect(links.length).toBeLessThanOrEqual(32);
});

test('records of no trace are passed as they are, and cost no span', async () => {
  const plain = record('door', { kept: 'yes' });
  await log.append([plain]);
  const [read] = await consumed(1);
  expect(read!.headers).toEqual({ kept: 'yes' });
  expect(collector.spans).toEqual([]);
});

test('a trace ends with the work: what the consumer does next does not belong to it', async () => {
  const camera = tracer().startSpan('camera frame');
  await log.append([record('door', carrying(camera))]);
  const active: boolean[] = [];
  const seen = recorder(() => {
    active.push(trace.getActiveSpan() !== undefined);
    return Promise.resolve();
  });
  const consumer = await log.consume({
    group: 'reader',
    topics: [TOPIC],
    maxRecords: 1,
    onBatch: seen.onBatch,
  });
  await seen.until(1);
  await context.with(within(camera), () => bare.append([record()]));
  await seen.until(2);
  await consumer.close();
  expect(active).toEqual([true, false]);
});

test('appends are timed and counted, refused ones too; an error tells its kind and nothing of its words', async () => {
  await log.append([record(), record()]);
  const camera = tracer().startSpan('camera frame');
  const unknown = { ...record('door', carrying(camera)), topic: 'store.unknown.v1' };
  await expect(log.append([unknown])).rejects.toThrow();
  const families = parseExposition(await telemetry.metricsText());
  const count = 'smart_store_log_append_duration_seconds_count';
  expect(valueOf(families, count, { result: 'ok' })).toBe(1);
  expect(valueOf(families, count, { result: 'failed' })).toBe(1);
  expect(valueOf(families, 'smart_store_log_records_appended_total', { topic: TOPIC })).toBe(2);
  await telemetry.close();
  const [failed] = sent('append store.unknown.v1');
  expect(failed!.status).toMatchObject({ code: 2 });
  expect(failed!.attributes.map(({ key }) => key)).toContain('error.type');
  expect(JSON.stringify(failed)).not.toMatch(/message"|stack/);
});

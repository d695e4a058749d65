import { context, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLogger, type Logger } from './logger.ts';
import { parseExposition, valueOf } from './prometheus-text.ts';
import { count, measure, observe, set } from './telemetry-instruments.ts';
import { LABELS, METRICS, type LabelName, type MetricDefinition } from './telemetry-metrics.ts';
import { carriedTrace, carryTrace, tracer } from './telemetry-trace.ts';
import { startTelemetry, type Telemetry } from './telemetry.ts';
import { startTraceCollector } from './trace-collector.ts';

const logger = createLogger('telemetry', 'silent');
const who = { serviceName: 'smart-store', instance: 'demo', version: '1.2.3', profile: 'embedded' };
const definitions: readonly MetricDefinition[] = Object.values(METRICS);
let telemetry: Telemetry | undefined;

function start(more: { tracesUrl?: string; logger?: Logger } = {}): Telemetry {
  telemetry = startTelemetry({ ...who, logger, ...more });
  return telemetry;
}
const scrape = async () => parseExposition(await telemetry!.metricsText());

afterEach(async () => {
  vi.unstubAllEnvs();
  await telemetry?.close();
  telemetry = undefined;
});

describe('the table of metrics', () => {
  test('names are unique, of one style, and carry a base unit where there is one', () => {
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
    for (const { name, kind, help } of definitions) {
      expect(name).toMatch(/^(smart_store|process|nodejs|http_server)_[a-z]+(_[a-z]+)*$/);
      expect(name).not.toMatch(/_(ms|milliseconds|percent|kb|mb|minutes)(_|$)/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      expect(help).toMatch(/^[A-Z].+\.$/);
      if (/duration|delay|_age/.test(name)) expect(name).toMatch(/_seconds$/);
    }
  });

  test('no label can name a person, a visit or free text', () => {
    const known = Object.keys(LABELS);
    expect(
      known.filter((label) => /visit|member|subject_key|track|name|face|message|detail/.test(label)),
    ).toEqual([]);
    const used = new Set(definitions.flatMap(({ labels }) => labels));
    expect([...used].toSorted()).toEqual(known.toSorted());
  });

  test('buckets ascend', () => {
    for (const { kind, buckets } of definitions) {
      expect(buckets !== undefined).toBe(kind === 'histogram');
      if (buckets) expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
    }
  });
});

describe('what Prometheus reads', () => {
  test('every metric of the table, with its labels and no others', async () => {
    start();
    const labelled = (labels: readonly LabelName[]): Record<string, string> =>
      Object.fromEntries(labels.map((label) => [label, `some-${label}`]));
    for (const definition of definitions) tellOnce(definition, labelled(definition.labels));
    const families = await scrape();
    expect([...families.keys()].filter((name) => name !== 'target_info').toSorted()).toEqual(
      definitions.map(({ name }) => name).toSorted(),
    );
    for (const { name, kind, help, labels } of definitions) {
      const family = families.get(name)!;
      expect(family).toMatchObject({ type: kind, help });
      for (const sample of family.samples) {
        const own = Object.keys(sample.labels).filter((label) => label !== 'le');
        expect(own.toSorted()).toEqual(labels.toSorted());
      }
    }
  });

  test('counters grow, gauges follow, histograms count what they were told', async () => {
    start();
    count(METRICS.cameraFrames, 3, { camera_id: 'front-door' });
    set(METRICS.cameraUp, 1, { camera_id: 'front-door' });
    measure(METRICS.logAppend, 0.003, { result: 'ok' });
    const first = await scrape();
    count(METRICS.cameraFrames, 4, { camera_id: 'front-door' });
    set(METRICS.cameraUp, 0, { camera_id: 'front-door' });
    measure(METRICS.logAppend, 0.3, { result: 'ok' });
    const second = await scrape();
    const both = (name: string, labels = {}): unknown[] =>
      [first, second].map((at) => valueOf(at, name, labels));
    expect(both('smart_store_camera_frames_total')).toEqual([3, 7]);
    expect(both('smart_store_camera_up')).toEqual([1, 0]);
    expect(both('smart_store_log_append_duration_seconds_count')).toEqual([1, 2]);
    expect(both('smart_store_log_append_duration_seconds_bucket', { le: '0.005' })).toEqual([1, 1]);
    expect(valueOf(second, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(valueOf(second, 'smart_store_build_info', { version: '1.2.3', profile: 'embedded' })).toBe(1);
  });

  test('a reading that fails leaves its metric out, instead of the value of a minute ago', async () => {
    start();
    let broken = false;
    observe([METRICS.outboxPending], (report) => {
      if (broken) throw new Error('the database is away');
      report(METRICS.outboxPending, 4, {});
    });
    expect(valueOf(await scrape(), 'smart_store_outbox_pending_records')).toBe(4);
    broken = true;
    expect(valueOf(await scrape(), 'smart_store_outbox_pending_records')).toBeUndefined();
    broken = false;
    expect(valueOf(await scrape(), 'smart_store_outbox_pending_records')).toBe(4);
  });

  test('a label may hold any character', async () => {
    start();
    const odd = 'a"b\\c\nd';
    count(METRICS.cameraFrames, 1, { camera_id: odd });
    expect(valueOf(await scrape(), 'smart_store_camera_frames_total', { camera_id: odd })).toBe(1);
  });

  test('what is told before anybody collects goes nowhere, and harms nothing', async () => {
    count(METRICS.cameraFrames, 3, { camera_id: 'front-door' });
    start();
    expect(valueOf(await scrape(), 'smart_store_camera_frames_total')).toBeUndefined();
    count(METRICS.cameraFrames, 2, { camera_id: 'front-door' });
    expect(valueOf(await scrape(), 'smart_store_camera_frames_total')).toBe(2);
  });
});

describe('traces', () => {
  test('without an address nothing is traced, and headers stay as they are', () => {
    start();
    const span = tracer().startSpan('work');
    expect(span.isRecording()).toBe(false);
    const headers = { 'content-type': 'text/plain' };
    expect(carryTrace(headers, trace.setSpan(context.active(), span))).toBe(headers);
  });

  test('travel in the headers of W3C Trace Context; what is not sampled does not travel', async () => {
    const collector = await startTraceCollector();
    start({ tracesUrl: collector.url });
    const span = tracer().startSpan('work');
    const headers = carryTrace({ kept: 'yes' }, trace.setSpan(context.active(), span));
    const { traceId, spanId } = span.spanContext();
    expect(headers).toEqual({ kept: 'yes', traceparent: `00-${traceId}-${spanId}-01` });
    expect(carriedTrace(headers)).toMatchObject({ traceId, spanId });
    expect(carriedTrace({ traceparent: `00-${traceId}-${spanId}-00` })).toBeUndefined();
    expect(carriedTrace({ traceparent: 'nonsense' })).toBeUndefined();
    span.end();
    await telemetry!.close();
    telemetry = undefined;
    expect(collector.spans).toMatchObject([{ name: 'work', traceId, spanId }]);
    await collector.close();
  });

  test('the share that is kept follows the standard variables', () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_traceidratio');
    vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '0');
    start({ tracesUrl: 'http://127.0.0.1:9/v1/traces' });
    expect(tracer().startSpan('work').isRecording()).toBe(false);
  });

  test.each([
    ['OTEL_TRACES_SAMPLER should be one of', { OTEL_TRACES_SAMPLER: 'sometimes' }],
    [
      'should be a fraction from 0 to 1',
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' },
    ],
  ])('%s: said at the start', (message, variables) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(() => start()).toThrow(message);
  });

  test('a collector that refuses is told of once, until it takes spans again', async () => {
    const collector = await startTraceCollector();
    collector.answer(400);
    const lines: { level: string; message: string }[] = [];
    const say = (level: string) => (_: unknown, message: string) => void lines.push({ level, message });
    const heard = {
      ...logger,
      warn: say('warn'),
      info: say('info'),
      debug: say('debug'),
    } as unknown as Logger; // only these are called
    start({ tracesUrl: collector.url, logger: heard });
    const exports = async (result: string) =>
      valueOf(await scrape(), 'smart_store_trace_exports_total', { result });
    for (const failures of [1, 2, 3]) {
      tracer().startSpan('work').end();
      await vi.waitFor(async () => expect(await exports('failed')).toBe(failures), 10_000);
    }
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    collector.answer(200);
    tracer().startSpan('work').end();
    await vi.waitFor(async () => expect(await exports('ok')).toBe(1), 10_000);
    expect(lines.filter(({ level }) => level !== 'debug')).toHaveLength(2);
    await collector.close();
  });
});

/** Tells a metric something, in the way its kind is told. */
function tellOnce(definition: MetricDefinition, labels: Record<string, string>): void {
  const all = labels as Record<LabelName, string>; // the labels of this definition
  const told = { ...definition, observed: false } as const;
  if (definition.kind === 'histogram') measure({ ...told, kind: 'histogram' }, 0.5, all);
  else if (definition.observed) observeOnce(definition, all);
  else if (definition.kind === 'gauge') set({ ...told, kind: 'gauge' }, 1, all);
  else count({ ...told, kind: 'counter' }, 1, all);
}

function observeOnce(definition: MetricDefinition, labels: Record<LabelName, string>): void {
  // The process is observed from the start.
  if (/^(process|nodejs)_|build_info/.test(definition.name)) return;
  const kind = definition.kind === 'counter' ? 'counter' : 'gauge';
  const observed = { ...definition, kind, observed: true } as const;
  observe([observed], (report) => report(observed, 1, labels));
}

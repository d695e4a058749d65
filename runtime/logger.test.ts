import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { activeTrace, createLogger } from './logger.ts';
import { tracer } from './telemetry-trace.ts';
import { startTelemetry } from './telemetry.ts';

test('a line that is written within a trace names it, any other line does not', async () => {
  const logger = createLogger('test', 'silent');
  const who = { serviceName: 'smart-store', instance: 'demo', version: '1', profile: 'embedded' };
  const telemetry = startTelemetry({ ...who, logger, tracesUrl: 'http://127.0.0.1:9/v1/traces' });
  const span = tracer().startSpan('work');
  const { traceId, spanId } = span.spanContext();
  expect(context.with(trace.setSpan(ROOT_CONTEXT, span), activeTrace)).toEqual({
    trace_id: traceId,
    span_id: spanId,
  });
  expect(activeTrace()).toEqual({});
  await telemetry.close();
});

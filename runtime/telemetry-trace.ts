import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';

/** Headers of a record, as the event log carries them. */
export type Headers = Readonly<Record<string, string>>;

/** Does nothing until {@link import('./telemetry.ts').startTelemetry} was told where traces go. */
export const tracer = (): Tracer => trace.getTracer('smart-store');

/**
 * Writes the trace of `within` into a record's headers: `traceparent` and `tracestate` of W3C Trace Context, which are
 * the names of CloudEvents' distributed tracing extension too. Headers stay as they are where nothing is traced.
 */
export function carryTrace(headers: Headers | undefined, within: Context): Headers | undefined {
  if (sampledSpanOf(within) === undefined) return headers;
  const carrier: Record<string, string> = { ...headers };
  propagation.inject(within, carrier, defaultTextMapSetter);
  return carrier;
}

/** The span whose trace a record's headers carry; undefined when none does, or it is not recorded. */
export function carriedTrace(headers: Headers | undefined): SpanContext | undefined {
  // Most records carry none, and there are many records.
  if (headers?.['traceparent'] === undefined) return undefined;
  return sampledSpanOf(propagation.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
}

/** The span of a context, if it is valid and recorded. */
export function sampledSpanOf(within: Context): SpanContext | undefined {
  const spanContext = trace.getSpanContext(within);
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return undefined;
  return (spanContext.traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : spanContext;
}

/** A context whose span is `parent`, and nothing else. */
export const contextOf = (parent: SpanContext): Context => trace.setSpanContext(ROOT_CONTEXT, parent);

/** Runs `work` as a step of the trace that is active; without one it just runs it: a step alone is no trace. */
export function tracedStep<Result>(
  name: string,
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  if (sampledSpanOf(context.active()) === undefined) return work();
  return withinSpan(tracer().startSpan(name, { kind: SpanKind.CLIENT, attributes }), work);
}

/** Runs `work` within a span and ends it with the work. */
export async function withinSpan<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (thrown) {
    markFailed(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

/** Says that a span failed by the kind of error alone: its message may quote what was read. */
export function markFailed(span: Span, thrown: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', kindOf(thrown));
}

function kindOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : thrown.name;
}

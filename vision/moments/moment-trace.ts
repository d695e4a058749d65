import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { sampledSpanOf, tracer } from '../../runtime/telemetry-trace.ts';
import type { Moment } from './moment.ts';

/** Moments that become events. Frames in which nothing happened are counted, not traced. */
const TRACED: ReadonlySet<Moment['kind']> = new Set([
  'entered',
  'identified',
  'camera-connected',
  'camera-lost',
  'camera-recovered',
]);

/**
 * Handles a moment within a trace that begins when the frame was captured: `camera frame` with `look` (in the camera's
 * thread) and the moment itself, under which its events are written. Names the camera and nobody in front of it.
 */
export function handleInTrace(moment: Moment, lookedAtMs: number | undefined, handle: () => void): void {
  if (!TRACED.has(moment.kind)) {
    handle();
    return;
  }
  const nowMs = Date.now();
  const attributes = { 'smart_store.camera.id': moment.cameraId };
  const root = tracer().startSpan(
    lookedAtMs === undefined ? 'camera state' : 'camera frame',
    { root: true, startTime: Math.min(moment.atMs, nowMs), attributes },
    ROOT_CONTEXT,
  );
  const within = trace.setSpan(ROOT_CONTEXT, root);
  if (sampledSpanOf(within) === undefined) {
    root.end();
    handle();
    return;
  }
  if (lookedAtMs !== undefined)
    tracer()
      .startSpan('look', { startTime: Math.min(lookedAtMs, nowMs), attributes }, within)
      .end(nowMs);
  const span = tracer().startSpan(`moment ${moment.kind}`, { kind: SpanKind.INTERNAL, attributes }, within);
  try {
    context.with(trace.setSpan(within, span), handle);
  } finally {
    span.end();
    root.end();
  }
}

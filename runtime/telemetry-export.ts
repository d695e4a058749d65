import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from './logger.ts';
import { count } from './telemetry-instruments.ts';
import { METRICS } from './telemetry-metrics.ts';

/** What the collector answered, as the SDK says it; 0 is well. */
type ExportDone = Parameters<SpanExporter['export']>[1];

/**
 * An exporter that makes no noise when the collector can't be reached: one warning, then silence until it answers again.
 * Spans that it does not take are gone; the store never waits for it.
 */
export function createQuietExporter(exporter: SpanExporter, place: string, logger: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans: ReadableSpan[], done: ExportDone) {
      exporter.export(spans, (result) => {
        const reason = result.error?.message ?? 'no reason given';
        const code: number = result.code;
        const taken = code === 0;
        if (taken) {
          if (failing) logger.info({ place }, 'the trace collector takes spans again');
        } else {
          logger[failing ? 'debug' : 'warn'](
            { place, reason, spans: spans.length },
            'the trace collector takes no spans; they are dropped, and the store goes on',
          );
        }
        failing = !taken;
        count(METRICS.traceExports, 1, { result: failing ? 'failed' : 'ok' });
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

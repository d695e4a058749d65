import { setTimeout as sleep } from 'node:timers/promises';
import { context, diag, DiagLogLevel, metrics, propagation, trace } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { UserError } from './errors.ts';
import type { Logger } from './logger.ts';
import { createQuietExporter } from './telemetry-export.ts';
import { unreadMetrics } from './telemetry-instruments.ts';
import { observeProcess } from './telemetry-process.ts';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Tells this process from others of its name, e.g. the store's id. */
  readonly instance: string;
  readonly version: string;
  readonly profile: string;
  /** Where spans go, OTLP over HTTP; without it nothing is traced. */
  readonly tracesUrl?: string | undefined;
  readonly logger: Logger;
}

export interface Telemetry {
  /** Every metric as it is now, in Prometheus's text format. */
  metricsText(): Promise<string>;
  /** Sends the spans that wait, and gives up after a moment. */
  close(): Promise<void>;
}

/** A scrape that takes longer is cut by Prometheus anyway (10 s by default); slow readings are left out before. */
const READ_LIMIT_MS = 5_000;
const EXPORT_LIMIT_MS = 3_000;
const FLUSH_LIMIT_MS = 2_000;
const SPAN_DELAY_MS = 1_000;

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

/**
 * Starts collecting for this process. Until then, and without it, the API's calls all over the code do nothing.
 * @throws UserError when OpenTelemetry's variables for sampling say something that it would not understand
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { serviceName, instance, version, profile, tracesUrl, logger } = options;
  checkSampling(process.env);
  quietDiagnostics(logger);
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    'service.instance.id': instance,
    'service.version': version,
  });

  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(meterProvider);
  const stopProcess = observeProcess({ version, profile });
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  const tracing = tracesUrl === undefined ? undefined : startTracing(resource, tracesUrl, logger);

  return {
    async metricsText() {
      const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: READ_LIMIT_MS });
      for (const error of errors) logger.debug({ reason: String(error) }, 'a metric could not be read');
      return serializer.serialize(withoutUnread(resourceMetrics));
    },
    async close() {
      stopProcess();
      await tracing?.close();
      metrics.disable();
      await meterProvider.shutdown();
      diag.disable();
    },
  };
}

/** No data is not the value of a minute ago. */
function withoutUnread(all: ResourceMetrics): ResourceMetrics {
  const unread = unreadMetrics();
  const scopeMetrics = all.scopeMetrics.map(({ scope, metrics: ofScope }) => ({
    scope,
    metrics: ofScope.filter(({ descriptor }) => !unread.has(descriptor.name)),
  }));
  return { ...all, scopeMetrics };
}

function startTracing(resource: Resource, tracesUrl: string, logger: Logger): { close(): Promise<void> } {
  const exporter = new OTLPTraceExporter({ url: tracesUrl, timeoutMillis: EXPORT_LIMIT_MS });
  // Without user and password, should somebody have put them into the address.
  const place = new URL(tracesUrl).origin;
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor(createQuietExporter(exporter, place, logger), {
        scheduledDelayMillis: SPAN_DELAY_MS,
        exportTimeoutMillis: EXPORT_LIMIT_MS,
      }),
    ],
  });
  provider.register();
  return {
    async close() {
      const limit = new AbortController();
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        sleep(FLUSH_LIMIT_MS, undefined, { signal: limit.signal, ref: false }).catch(() => undefined),
      ]);
      limit.abort();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** What the SDK says about itself is for whoever looks for a fault: the exporter has its own words for the operator. */
function quietDiagnostics(logger: Logger): void {
  const tell = (message: string): void => logger.debug({ message }, 'OpenTelemetry');
  diag.setLogger(
    { error: tell, warn: tell, info: tell, debug: tell, verbose: tell },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/** The SDK would take "everything" for what it does not understand. */
function checkSampling(environment: Readonly<Record<string, string | undefined>>): void {
  const sampler = environment['OTEL_TRACES_SAMPLER'];
  if (sampler === undefined || sampler === '') return;
  if (!SAMPLERS.includes(sampler)) {
    throw new UserError(
      'telemetry.sampler',
      `OTEL_TRACES_SAMPLER should be one of ${SAMPLERS.join(', ')}; it is "${sampler}".`,
      'Correct the environment variable, or remove it: then every trace is kept (parentbased_always_on).',
    );
  }
  if (!sampler.endsWith('traceidratio')) return;
  const argument = environment['OTEL_TRACES_SAMPLER_ARG'] ?? '';
  const ratio = Number(argument);
  if (argument.trim() === '' || !(ratio >= 0 && ratio <= 1)) {
    throw new UserError(
      'telemetry.sampler',
      `OTEL_TRACES_SAMPLER is ${sampler}, so OTEL_TRACES_SAMPLER_ARG should be a fraction from 0 to 1; it is "${argument}".`,
      'Set it, for example to 0.1 for one trace in ten.',
    );
  }
}

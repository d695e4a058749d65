import { hostname } from 'node:os';
import type { Command } from 'commander';
import { createMetricsServer } from '../analytics/api/metrics-server.ts';
import { startClickHouseSink } from '../ingest/sinks/clickhouse-sink.ts';
import { tracedLog } from '../ingest/log/traced-log.ts';
import { createLogger } from '../runtime/logger.ts';
import { startTelemetry } from '../runtime/telemetry.ts';
import { versionOfPackage } from '../runtime/version.ts';
import { openAnalytics } from './analytics.ts';
import { createClosing } from './closing.ts';
import { EVENT_TOPICS, openEventLog } from './event-log.ts';
import { observeSink } from './observed.ts';
import { configOption, dataOption, deploymentOf, wholeNumber } from './options.ts';
import { leaveSoon, untilSignalled } from './signals.ts';

const TELL_EVERY_MS = 10_000;

/** `smart-store sink`: a worker that carries events into ClickHouse and does nothing else; run as many as are wanted. */
export function addSinkCommand(program: Command): void {
  program
    .command('sink')
    .description('carry events from Kafka into ClickHouse, beside other such workers (cluster profile)')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--metrics-port <port>', 'give metrics to Prometheus on this port of server.host')
    .action(async (options: SinkOptions) => {
      await runSink(options);
    });
}

interface SinkOptions {
  readonly config: string;
  readonly data: string;
  readonly metricsPort?: string;
}

async function runSink(options: SinkOptions): Promise<void> {
  const { metricsPort } = options;
  const port = metricsPort === undefined ? undefined : wholeNumber('--metrics-port', metricsPort, 0, 65_535);
  const deployment = deploymentOf({ ...options, profile: 'cluster' });
  const logger = createLogger('sink');
  const closing = createClosing(logger);
  const say = (message: string): void => void process.stderr.write(`${message}\n`);
  const interrupted = untilSignalled();
  try {
    const telemetry = startTelemetry({
      serviceName: 'smart-store-sink',
      instance: `${hostname()}-${process.pid}`,
      version: versionOfPackage(),
      profile: deployment.profile,
      tracesUrl: deployment.telemetry.tracesUrl,
      logger,
    });
    closing.add('telemetry', () => telemetry.close());
    const log = tracedLog(await openEventLog(deployment, options.data, logger));
    closing.add('event log', () => log.close());
    const analytics = await openAnalytics(deployment, options.data, logger);
    closing.add('analytics', () => analytics.close());
    const sink = await startClickHouseSink({ log, client: analytics.client, logger, topics: EVENT_TOPICS });
    closing.add('sink', () => sink.close());
    const stopObserving = observeSink(sink);
    closing.add('observing', () => {
      stopObserving();
      return undefined;
    });
    if (port !== undefined) {
      const server = createMetricsServer({ metricsText: () => telemetry.metricsText(), logger });
      closing.add('metrics', () => server.close());
      say(`metrics at ${await server.listen({ host: deployment.server.host, port })}/metrics`);
    }
    say(
      `carrying events from ${deployment.kafka.brokers.join(', ')} to ${deployment.analytics.url}; Ctrl-C ends it`,
    );
    const telling = setInterval(() => {
      sink.metrics().then(
        ({ rows, lag, deadLetters }) => say(`${rows} stored, ${lag} behind, ${deadLetters} dead letters`),
        () => undefined, // the log is away: it says so itself
      );
    }, TELL_EVERY_MS);
    closing.add('telling', () => {
      clearInterval(telling);
      return undefined;
    });
    await Promise.race([interrupted, sink.closed]);
  } finally {
    await closing.closeAll();
    leaveSoon();
  }
}

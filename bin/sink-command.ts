import type { Command } from 'commander';
import { startClickHouseSink } from '../ingest/sinks/clickhouse-sink.ts';
import { createLogger } from '../runtime/logger.ts';
import { openAnalytics } from './analytics.ts';
import { createClosing } from './closing.ts';
import { EVENT_TOPICS, openEventLog } from './event-log.ts';
import { configOption, dataOption, deploymentOf } from './options.ts';
import { untilSignalled } from './signals.ts';

const TELL_EVERY_MS = 10_000;

/** `smart-store sink`: a worker that carries events into ClickHouse and does nothing else; run as many as are wanted. */
export function addSinkCommand(program: Command): void {
  program
    .command('sink')
    .description('carry events from Kafka into ClickHouse, beside other such workers (cluster profile)')
    .addOption(configOption())
    .addOption(dataOption())
    .action(async (options: { config: string; data: string }) => {
      await runSink(options);
    });
}

async function runSink(options: { config: string; data: string }): Promise<void> {
  const deployment = deploymentOf({ ...options, profile: 'cluster' });
  const logger = createLogger('sink');
  const closing = createClosing(logger);
  const say = (message: string): void => void process.stderr.write(`${message}\n`);
  const interrupted = untilSignalled();
  try {
    const log = await openEventLog(deployment, options.data, logger);
    closing.add('event log', () => log.close());
    const analytics = await openAnalytics(deployment, options.data, logger);
    closing.add('analytics', () => analytics.close());
    const sink = await startClickHouseSink({ log, client: analytics.client, logger, topics: EVENT_TOPICS });
    closing.add('sink', () => sink.close());
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
  }
}

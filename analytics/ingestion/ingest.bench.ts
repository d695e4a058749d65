import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { startClickHouse } from '../../ingest/clickhouse/engine.ts';
import { startKafka } from '../../ingest/kafka/broker.ts';
import type { KafkaConnection } from '../../ingest/kafka/connection.ts';
import { applyTopics } from '../../ingest/kafka/topics.ts';
import { openKafkaLog } from '../../ingest/log/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import {
  appendAll,
  benchEvents,
  benchTopic,
  meanBytes,
  quantile,
  recordsOf,
  wholeNumber,
  withDatabase,
} from './bench-tools.ts';
import { rateOfWorker } from './ingest-worker.ts';
import { kafkaEngineRate } from './kafka-engine.ts';
import { rawRate, type Rate } from './sink-stage.ts';
import { visibleTimes } from './visible-times.ts';

/** The whole worker on real servers: Kafka bytes → read → checked → encoded → acknowledged insert. */
export const report: Report = {
  name: 'ingest',
  summary:
    "Kafka to ClickHouse, exactly once: throughput against ClickHouse's own Kafka engine and a raw insert, and time until visible",
  options: {
    events: 'how many events a round carries, at least 20000 (default 200000)',
    rounds: 'rounds of worker, Kafka engine, stage and raw insert in turn; the median counts (default 3)',
    rate: 'events a second while the time until visible is measured (default 10000)',
    seconds: 'how long that is measured (default 15)',
  },
  run,
};

async function run(args: ReportArgs): Promise<ReportBody> {
  const eventCount = wholeNumber(args, 'ingest', 'events', 200_000, 20_000);
  const rounds = wholeNumber(args, 'ingest', 'rounds', 3, 1);
  const eventsPerSecond = wholeNumber(args, 'ingest', 'rate', 10_000, 100);
  const seconds = wholeNumber(args, 'ingest', 'seconds', 15, 2);
  const logger = createLogger('bench', 'error');
  const dir = await mkdtemp(join(tmpdir(), 'smart-store-ingest-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    args.progress('starting Kafka and ClickHouse');
    const kafka = await startKafka({ nodes: 1, dataDir: join(dir, 'kafka'), logger });
    closing.push(() => kafka.close());
    const engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
    closing.push(() => engine.close());
    const { brokers } = kafka;
    const connection: KafkaConnection = { brokers: [...brokers], clientId: 'bench' };
    const topics = [
      ...Array.from({ length: rounds }, (_, index) => benchTopic(`bench.round-${index + 1}`)),
      benchTopic('bench.visible'),
    ];
    await applyTopics(connection, topics, { replicationFactor: 1 });
    const log = await openKafkaLog({ connection, logger, topics });
    closing.push(() => log.close());

    const events = benchEvents(eventCount);
    const worker: Rate[] = [];
    const kafkaEngine: number[] = [];
    const stage: Rate[] = [];
    const raw: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const topic = `bench.round-${round}`;
      args.progress(`round ${round} of ${rounds}: ${events.length} events`);
      await appendAll(log, recordsOf(events, topic));
      const work = <Answer>(
        name: string,
        of: (client: ClickHouseClient, database: string) => Promise<Answer>,
      ) => {
        args.progress(`  ${name}`);
        const database = `${name}_${round}`;
        return withDatabase(engine.url, database, (client) => of(client, database));
      };
      const orders = { brokers, topic, url: engine.url, events: events.length };
      worker.push(
        await work('worker', (_, database) => rateOfWorker({ ...orders, work: 'worker', database })),
      );
      kafkaEngine.push(
        await work('kafka_engine', (client) =>
          kafkaEngineRate(client, { brokers, topic, group: `kafka-engine-${round}` }, events.length),
        ),
      );
      stage.push(await work('stage', (_, database) => rateOfWorker({ ...orders, work: 'stage', database })));
      raw.push(await work('raw', (client) => rawRate(client, events)));
    }
    args.progress(`${eventsPerSecond} events a second for ${seconds} s`);
    const visibleMs = await withDatabase(engine.url, 'visible', (client) =>
      visibleTimes(client, log, { brokers, topic: 'bench.visible', eventsPerSecond, seconds }),
    );
    return {
      figures: {
        eventsPerSecond: Math.round(median(worker.map(({ perSecond }) => perSecond))),
        eventsPerCpuSecond: Math.round(median(worker.map(({ perCpuSecond }) => perCpuSecond))),
        stageEventsPerSecond: Math.round(median(stage.map(({ perSecond }) => perSecond))),
        stageEventsPerCpuSecond: Math.round(median(stage.map(({ perCpuSecond }) => perCpuSecond))),
        visibleP50Ms: quantile(visibleMs, 0.5),
        visibleP95Ms: quantile(visibleMs, 0.95),
        visibleP99Ms: quantile(visibleMs, 0.99),
        events: events.length,
        meanEventBytes: meanBytes(recordsOf(events.slice(0, 10_000))),
        rounds,
        visibleEvents: visibleMs.length,
        visibleEventsPerSecond: eventsPerSecond,
      },
      baselines: {
        kafkaEngineRowsPerSecond: Math.round(median(kafkaEngine)),
        rawInsertRowsPerSecond: Math.round(median(raw)),
      },
      ratios: {
        sinkToRawInsert: median(stage.map(({ perSecond }, round) => perSecond / raw[round]!)),
        toKafkaEngine: median(worker.map(({ perSecond }, round) => perSecond / kafkaEngine[round]!)),
      },
      notes: [
        'Worker: one process of ours, as smart-store sink is one, started with --max-semi-space-size=64; eventsPerCpuSecond counts its processor time alone, eventsPerSecond is by the clock, with Kafka and ClickHouse on the same machine.',
        'Stage: from records in memory to acknowledged and committed. Raw insert: the same rows as Native blocks made beforehand, one after the other, with nothing around.',
        "Kafka engine: ClickHouse's own, two consumers with a thread each, the same topic, the same events table and roll-ups; it does not check contracts and may double rows.",
        `Visible: from the producer's note in the event until a query's answer holds it, ${eventsPerSecond} events a second appended by the clock from another process.`,
        `Engine: libchdb as a local server, Apache Kafka on one node. A ratio is taken within a round; ${rounds} rounds, median.`,
      ],
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

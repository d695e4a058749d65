import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { startClickHouse } from '../../ingest/clickhouse/engine.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { openEmbeddedLog, type EmbeddedLog } from '../../ingest/log/embedded.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { EVENTS_TABLE } from '../../ingest/sinks/events-table.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import {
  appendAll,
  benchEvents,
  expectRows,
  meanBytes,
  quantile,
  recordsOf,
  wholeNumber,
  withDatabase,
} from './bench-tools.ts';
import { rawRate, ROWS_PER_INSERT, rowsOf, stageRate, workerRate, type Rate } from './sink-stage.ts';

const TOPICS = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];

/** How fast events get from the embedded log into ClickHouse, against inserting the same rows without anything around. */
export const report: Report = {
  name: 'sink',
  summary:
    'embedded log to ClickHouse: throughput against a raw insert of the same rows, and time until visible',
  options: {
    events: 'how many events a round carries, at least 1000 (default 50000)',
    rounds: 'rounds of sink, stage and raw insert in turn; the median counts (default 3)',
    samples: 'events whose way is timed one by one (default 100)',
  },
  run,
};

async function run(args: ReportArgs): Promise<ReportBody> {
  const eventCount = wholeNumber(args, 'sink', 'events', 50_000, 1_000);
  const rounds = wholeNumber(args, 'sink', 'rounds', 3, 1);
  const samples = wholeNumber(args, 'sink', 'samples', 100, 10);
  const logger = createLogger('bench', 'error');
  const dir = await mkdtemp(join(tmpdir(), 'smart-store-sink-bench-'));
  const engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
  try {
    const events = benchEvents(eventCount);
    const records = recordsOf(events);
    const withLog = async <Answer>(name: string, work: (log: EmbeddedLog) => Promise<Answer>) => {
      const log = openEmbeddedLog({ path: join(dir, `${name}.db`), logger });
      try {
        return await work(log);
      } finally {
        await log.close();
      }
    };
    const worker: Rate[] = [];
    const stage: Rate[] = [];
    const raw: number[] = [];
    const objects: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      args.progress(`round ${round} of ${rounds}: ${events.length} events`);
      await withLog(`log_${round}`, async (log) => {
        await appendAll(log, records);
        const inDatabase = <Answer>(name: string, work: (client: ClickHouseClient) => Promise<Answer>) =>
          withDatabase(engine.url, `${name}_${round}`, work);
        worker.push(await inDatabase('worker', (client) => workerRate(client, log, TOPICS, events.length)));
        stage.push(await inDatabase('stage', (client) => stageRate(client, log, TOPICS, events.length)));
        raw.push(await inDatabase('raw', (client) => rawRate(client, events)));
        objects.push(await inDatabase('objects', (client) => objectRate(client, events)));
      });
    }
    args.progress(`${samples} events, one at a time`);
    const visibleMs = await withLog('log_visible', (log) =>
      withDatabase(engine.url, 'visible', (client) => visibleTimes(client, log, events.slice(0, samples))),
    );
    return {
      figures: {
        eventsPerSecond: Math.round(median(worker.map(({ perSecond }) => perSecond))),
        eventsPerCpuSecond: Math.round(median(worker.map(({ perCpuSecond }) => perCpuSecond))),
        stageEventsPerSecond: Math.round(median(stage.map(({ perSecond }) => perSecond))),
        stageEventsPerCpuSecond: Math.round(median(stage.map(({ perCpuSecond }) => perCpuSecond))),
        visibleP50Ms: quantile(visibleMs, 0.5),
        visibleP95Ms: quantile(visibleMs, 0.95),
        events: events.length,
        meanEventBytes: meanBytes(records),
        rounds,
        samples: visibleMs.length,
      },
      baselines: {
        rawInsertRowsPerSecond: Math.round(median(raw)),
        rawInsertJsonEachRowRowsPerSecond: Math.round(median(objects)),
      },
      ratios: {
        sinkToRawInsert: median(stage.map(({ perSecond }, round) => perSecond / raw[round]!)),
        workerToRawInsert: median(worker.map(({ perSecond }, round) => perSecond / raw[round]!)),
      },
      notes: [
        'Worker: from the embedded log (SQLite) to acknowledged and committed. Stage: the same from records that are already in memory: read, checked, encoded, announced, inserted, committed.',
        'Raw insert: the same rows as Native blocks made beforehand, as large a batch, into the same tables and roll-ups, one after the other, with nothing around. rawInsertJsonEachRow: objects through the client.',
        'Visible: from before the append until a query finds the event, one event at a time, so the batch waits its full time.',
        `Engine: libchdb as a local server. A ratio is taken within a round; ${rounds} rounds, median.`,
      ],
    };
  } finally {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The format that most programs use: an object a row, with the column names in each. */
async function objectRate(client: ClickHouseClient, events: readonly AnyEvent[]): Promise<number> {
  const rows = rowsOf(events);
  const began = performance.now();
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    await client.insert({
      table: EVENTS_TABLE,
      values: rows.slice(at, at + ROWS_PER_INSERT),
      format: 'JSONEachRow',
    });
  }
  const seconds = (performance.now() - began) / 1000;
  await expectRows(client, events.length);
  return events.length / seconds;
}

async function visibleTimes(
  client: ClickHouseClient,
  log: EmbeddedLog,
  events: readonly AnyEvent[],
): Promise<readonly number[]> {
  const sink = await startClickHouseSink({
    log,
    client,
    logger: createLogger('bench', 'error'),
    topics: TOPICS,
  });
  const times: number[] = [];
  for (const event of events) {
    const began = performance.now();
    await log.append([eventRecord(event)]);
    while (!(await isVisible(client, event.id))) await sleep(2);
    times.push(Math.round(performance.now() - began));
  }
  await sink.close();
  return times;
}

async function isVisible(client: ClickHouseClient, id: string): Promise<boolean> {
  const answer = await client.query({
    query: 'SELECT 1 FROM events WHERE event_id = {id:UUID} LIMIT 1',
    query_params: { id },
    format: 'JSONEachRow',
  });
  return (await answer.json()).length > 0;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

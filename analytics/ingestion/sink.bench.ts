import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse } from '../../ingest/clickhouse/engine.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import type { EventLog } from '../../ingest/log/event-log.ts';
import { startClickHouseSink } from '../../ingest/sinks/clickhouse-sink.ts';
import { insertEvents } from '../../ingest/sinks/events-insert.ts';
import { createEventsBlock } from '../../ingest/sinks/events-block.ts';
import { EVENTS_TABLE, eventsRow, type EventsRow } from '../../ingest/sinks/events-table.ts';
import { UserError } from '../../runtime/errors.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { shopDay } from './shop-day.ts';

const TOPICS = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
/** What the sink takes at most in one insert; the raw insert gets the same. */
const ROWS_PER_INSERT = 10_000;
const RECORDS_PER_APPEND = 1_000;
/** Shop days are spread so thinly that a large run reaches over many quarters of an hour, as a year's data does. */
const VISIT_EVERY_MS = 5_000;

/** How fast events get from the log into ClickHouse, against inserting the same rows without log, offsets and tokens. */
export const report: Report = {
  name: 'sink',
  summary:
    'event log to ClickHouse: throughput against a raw insert of the same rows, and time until visible',
  options: {
    events: 'how many events a round carries, at least 1000 (default 50000)',
    rounds: 'rounds of sink and raw insert in turn; the median counts (default 3)',
    samples: 'events whose way is timed one by one (default 100)',
  },
  run,
};

async function run(args: ReportArgs): Promise<ReportBody> {
  const eventCount = wholeNumber(args, 'events', 50_000, 1_000);
  const rounds = wholeNumber(args, 'rounds', 3, 1);
  const samples = wholeNumber(args, 'samples', 100, 10);
  const logger = createLogger('bench', 'error');
  const dir = await mkdtemp(join(tmpdir(), 'smart-store-sink-bench-'));
  const engine = await startClickHouse({ dataDir: join(dir, 'clickhouse'), logger });
  try {
    const events = shopDay(Math.ceil(eventCount / 2), new Date('2026-11-01T00:00:00Z'), VISIT_EVERY_MS).slice(
      0,
      eventCount,
    );
    const open = async (database: string): Promise<ClickHouseClient> => {
      await applyMigrations({ url: engine.url, database });
      return connectClickHouse({ url: engine.url, database });
    };
    const sinkRates: number[] = [];
    const rawRates: number[] = [];
    const objectRates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      args.progress(`round ${round} of ${rounds}: ${events.length} events`);
      const path = join(dir, `log-${round}.db`);
      sinkRates.push(await withClient(open(`sink_${round}`), (client) => sinkRate(client, path, events)));
      rawRates.push(await withClient(open(`raw_${round}`), (client) => rawRate(client, events)));
      objectRates.push(await withClient(open(`objects_${round}`), (client) => objectRate(client, events)));
    }
    args.progress(`${samples} events, one at a time`);
    const visibleMs = await withClient(open('visible'), (client) =>
      visibleTimes(client, join(dir, 'log-visible.db'), events.slice(0, samples)),
    );
    const ratios = sinkRates.map((rate, round) => rate / rawRates[round]!);
    return {
      figures: {
        eventsPerSecond: Math.round(quantile(sinkRates, 0.5)),
        visibleP50Ms: quantile(visibleMs, 0.5),
        visibleP95Ms: quantile(visibleMs, 0.95),
        events: events.length,
        rounds,
        samples: visibleMs.length,
      },
      baselines: {
        rawInsertRowsPerSecond: Math.round(quantile(rawRates, 0.5)),
        rawInsertJsonEachRowRowsPerSecond: Math.round(quantile(objectRates, 0.5)),
      },
      ratios: { sinkToRawInsert: quantile(ratios, 0.5) },
      notes: [
        'The raw insert sends the same rows in the same format, as large a batch, into the same tables and roll-ups; it reads no log, validates nothing, commits nothing and has no row in memory twice.',
        'Visible: from before the append until a query finds the event, one event at a time, so the batch waits its full time.',
        `Engine: libchdb as a local server. A ratio is taken within a round; ${rounds} rounds, median.`,
      ],
    };
  } finally {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function sinkRate(
  client: ClickHouseClient,
  path: string,
  events: readonly AnyEvent[],
): Promise<number> {
  const logger = createLogger('bench', 'error');
  const log = openEmbeddedLog({ path, logger });
  await append(log, events);
  let stored = 0;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const began = performance.now();
  const onFate = (): void => {
    if (++stored === events.length) finish();
  };
  const sink = await startClickHouseSink({ log, client, logger, topics: TOPICS, onFate });
  await Promise.race([finished, sink.closed]);
  const seconds = (performance.now() - began) / 1000;
  await sink.close();
  await log.close();
  await expectRows(client, events.length);
  return events.length / seconds;
}

async function rawRate(client: ClickHouseClient, events: readonly AnyEvent[]): Promise<number> {
  const rows = rowsOf(events);
  const block = createEventsBlock();
  const bodies: Buffer[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    block.clear();
    for (const row of rows.slice(at, at + ROWS_PER_INSERT)) block.add(row);
    bodies.push(block.toBuffer());
  }
  const began = performance.now();
  for (const [index, body] of bodies.entries()) await insertEvents(client, body, `raw:${index}`);
  const seconds = (performance.now() - began) / 1000;
  await expectRows(client, events.length);
  return events.length / seconds;
}

/** The format that most programs use: an object a row, with the column names in each. */
async function objectRate(client: ClickHouseClient, events: readonly AnyEvent[]): Promise<number> {
  const objects = rowsOf(events);
  const began = performance.now();
  for (let at = 0; at < objects.length; at += ROWS_PER_INSERT) {
    await client.insert({
      table: EVENTS_TABLE,
      values: objects.slice(at, at + ROWS_PER_INSERT),
      format: 'JSONEachRow',
    });
  }
  return events.length / ((performance.now() - began) / 1000);
}

async function visibleTimes(
  client: ClickHouseClient,
  path: string,
  events: readonly AnyEvent[],
): Promise<readonly number[]> {
  const logger = createLogger('bench', 'error');
  const log = openEmbeddedLog({ path, logger });
  const sink = await startClickHouseSink({ log, client, logger, topics: TOPICS });
  const times: number[] = [];
  for (const event of events) {
    const began = performance.now();
    await log.append([eventRecord(event)]);
    while (!(await isVisible(client, event.id))) await sleep(2);
    times.push(Math.round(performance.now() - began));
  }
  await sink.close();
  await log.close();
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

async function append(log: EventLog, events: readonly AnyEvent[]): Promise<void> {
  const records = events.map(eventRecord);
  for (let at = 0; at < records.length; at += RECORDS_PER_APPEND) {
    await log.append(records.slice(at, at + RECORDS_PER_APPEND));
  }
}

function rowsOf(events: readonly AnyEvent[]): readonly EventsRow[] {
  return events.map((event, offset) => eventsRow(event, { topic: TOPICS[0]!, partition: 0, offset }));
}

/** A rate of work that was not done is no rate. */
async function expectRows(client: ClickHouseClient, count: number): Promise<void> {
  const answer = await client.query({ query: 'SELECT count() AS rows FROM events', format: 'JSONEachRow' });
  const [found] = await answer.json<{ rows: number }>();
  if (found?.rows !== count) throw new Error(`expected ${count} rows, found ${found?.rows ?? 'none'}`);
}

async function withClient<Answer>(
  opening: Promise<ClickHouseClient>,
  work: (client: ClickHouseClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await opening;
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

function wholeNumber({ options }: ReportArgs, name: string, byDefault: number, least: number): number {
  const given = options[name];
  const value = given === undefined ? byDefault : Number(given);
  if (Number.isSafeInteger(value) && value >= least && given !== true) return value;
  throw new UserError(
    'bench.option',
    `--${name} should be a whole number of ${least} or more; found "${String(given)}".`,
    `Type for example: npm run bench -- sink --${name} ${byDefault}`,
  );
}

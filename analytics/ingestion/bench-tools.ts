import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import type { EventLog, NewRecord } from '../../ingest/log/event-log.ts';
import type { Topic } from '../../ingest/topics.ts';
import { UserError } from '../../runtime/errors.ts';
import type { ReportArgs } from '../../runtime/report.ts';
import { applyMigrations } from '../migrations/migrate.ts';
import { shopDay } from './shop-day.ts';

const RECORDS_PER_APPEND = 1_000;
/** Shop days are spread so thinly that a large run reaches over many quarters of an hour, as a year's data does. */
const VISIT_EVERY_MS = 5_000;

export function benchEvents(count: number): readonly AnyEvent[] {
  return shopDay(Math.ceil(count / 2), new Date('2026-11-01T00:00:00Z'), VISIT_EVERY_MS).slice(0, count);
}

/** @param topic instead of the one that each event's contract names */
export function recordsOf(events: readonly AnyEvent[], topic?: string): readonly NewRecord[] {
  return events.map((event) => (topic === undefined ? eventRecord(event) : { ...eventRecord(event), topic }));
}

/** As the busiest topic of a store. */
export function benchTopic(name: string): Topic {
  return { name, keyedBy: 'visitid', partitions: 4, retentionDays: 1, why: 'a benchmark' };
}

export async function appendAll(log: EventLog, records: readonly NewRecord[]): Promise<void> {
  for (let at = 0; at < records.length; at += RECORDS_PER_APPEND) {
    await log.append(records.slice(at, at + RECORDS_PER_APPEND));
  }
}

export function meanBytes(records: readonly NewRecord[]): number {
  return Math.round(records.reduce((sum, { value }) => sum + value.byteLength, 0) / records.length);
}

/** A database with our tables for as long as the work takes. */
export async function withDatabase<Answer>(
  url: string,
  database: string,
  work: (client: ClickHouseClient) => Promise<Answer>,
): Promise<Answer> {
  await applyMigrations({ url, database });
  const client = connectClickHouse({ url, database });
  try {
    return await work(client);
  } finally {
    await client.command({ query: `DROP DATABASE ${database} SYNC` });
    await client.close();
  }
}

export async function storedRows(client: ClickHouseClient): Promise<number> {
  const answer = await client.query({ query: 'SELECT count() AS rows FROM events', format: 'JSONEachRow' });
  return (await answer.json<{ rows: number }>())[0]?.rows ?? 0;
}

/** A rate of work that was not done is no rate. */
export async function expectRows(client: ClickHouseClient, count: number): Promise<void> {
  const found = await storedRows(client);
  if (found !== count) throw new Error(`expected ${count} rows, found ${found}`);
}

/** Nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export function wholeNumber(
  { options }: ReportArgs,
  bench: string,
  name: string,
  byDefault: number,
  least: number,
): number {
  const given = options[name];
  const value = given === undefined ? byDefault : Number(given);
  if (Number.isSafeInteger(value) && value >= least && given !== true) return value;
  throw new UserError(
    'bench.option',
    `--${name} should be a whole number of ${least} or more; found "${String(given)}".`,
    `Type for example: npm run bench -- ${bench} --${name} ${byDefault}`,
  );
}

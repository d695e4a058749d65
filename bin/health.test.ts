import { expect, test } from 'vitest';
import type { SinkMetrics } from '../ingest/sinks/sink-metrics.ts';
import { healthOf, type HealthFacts } from './health.ts';

const sink: SinkMetrics = {
  rows: 12,
  batches: 3,
  retries: 0,
  deadLetters: 0,
  oldestPendingMs: null,
  lag: 0,
  lastError: null,
  errors: {},
  partitionsLost: 0,
  bytes: { read: 0, inserted: 0 },
  lagByPartition: [],
};
const well: HealthFacts = {
  writer: { waiting: 0, lastError: null },
  engine: { pid: () => 4711, restarts: () => 0 },
  clickHouseAnswers: true,
  sink,
  cameras: [],
};
const sinkError = { atMs: 0, reason: 'connection refused' };

test.each<[string, Partial<HealthFacts>, Record<string, string>]>([
  ['all is well', {}, { 'event-log': 'ok', clickhouse: 'ok', sink: 'ok' }],
  ['the disk is full', { writer: { waiting: 7, lastError: 'disk full' } }, { 'event-log': 'down' }],
  ['the engine died', { engine: { pid: () => undefined, restarts: () => 1 } }, { clickhouse: 'down' }],
  ['the engine hangs', { clickHouseAnswers: false }, { clickhouse: 'down' }],
  ['the configured server is away', { engine: null, clickHouseAnswers: false }, { clickhouse: 'down' }],
  ['ClickHouse refuses', { sink: { ...sink, lastError: sinkError } }, { clickhouse: 'down' }],
  ['the sink is behind', { sink: { ...sink, oldestPendingMs: 9_000, lag: 40 } }, { sink: 'degraded' }],
  ['the brokers are away', { sink: null }, { 'event-log': 'down', sink: 'degraded', clickhouse: 'ok' }],
  ['workers elsewhere keep up', { sink: { lag: 7 } }, { sink: 'ok' }],
  ['no worker works', { sink: { lag: 500_000 } }, { sink: 'degraded' }],
  ['some letters are dead', { sink: { ...sink, deadLetters: 2 } }, { sink: 'degraded' }],
])('%s', (_, facts, expected) => {
  const states = Object.fromEntries(healthOf({ ...well, ...facts }).map(({ name, state }) => [name, state]));
  expect(states).toMatchObject(expected);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectClickHouse } from '../ingest/clickhouse/client.ts';
import { startClickHouse } from '../ingest/clickhouse/engine.ts';
import { decode } from '../ingest/events/codec.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import { readTopic } from '../ingest/log/read-topic.ts';
import { createLogger } from '../runtime/logger.ts';
import { ROOT } from '../runtime/paths.ts';
import { openShortDay, type ShortDay } from './store-process.ts';

let day: ShortDay;

beforeAll(async () => {
  day = await openShortDay();
});

afterAll(() => day.close());

test('killed in the middle of the day and started again, the store has lost nothing and counted nothing twice', async () => {
  const first = await day.start();
  await untilFootfall(first.url, 4);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const atDeath = await eventIds();

  const second = await day.start();
  await untilFootfall(second.url, (await footfall(second.url)) + 3);
  second.child.kill('SIGTERM');
  const [exitCode] = (await once(second.child, 'exit')) as [number | null];
  expect(exitCode).toBe(0);

  const inLog = await eventIds();
  expect(inLog.length).toBeGreaterThan(atDeath.length);
  expect(inLog).toEqual(expect.arrayContaining(atDeath));
  const { inTable, visits, started } = await readTables();
  expect(inTable.toSorted()).toEqual(inLog.toSorted());
  expect(visits).toBe(started);
}, 400_000);

test.each([
  ['no such file', ['--config', 'nowhere.yaml'], /nowhere\.yaml/],
  ['a port that is none', ['--port', 'eighty'], /--port should be a whole number/],
])('%s: says so, without a stack trace', async (_, args, expected) => {
  const child = spawn(process.execPath, ['bin/smart-store.js', 'start', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect(exitCode).toBe(2);
  expect(words).toMatch(expected);
  expect(words).not.toMatch(/\n\s+at /);
});

test('Ctrl-C while it opens ends it at once', async () => {
  const args = [
    'bin/smart-store.js',
    'start',
    '--config',
    day.configPath,
    '--data',
    `${day.dataDir}-interrupted`,
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
    if (words.includes('starting the analytics engine')) child.kill('SIGINT');
  });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect(exitCode).toBe(130);
  expect(words).toContain('stopped while opening');
});

test('one of two doors that can not be opened keeps no thread of the other alive', async () => {
  const door = (id: string, source: object): object => ({
    id,
    purpose: 'door',
    source,
    size: { width: 640, height: 360 },
    entranceLine: { from: [0, 0.5], to: [1, 0.5] },
  });
  const store = {
    id: 'demo',
    title: 'Two doors',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    openingHours: { monday: ['10:00', '20:00'] },
    floorPlan: { widthMetres: 14, heightMetres: 9 },
    cameras: [door('works', { kind: 'test' }), door('missing', { kind: 'file', path: 'nowhere.mp4' })],
  };
  const configPath = `${day.dataDir}-two-doors.yaml`;
  await writeFile(configPath, JSON.stringify({ stores: [store] }));
  const args = [
    'bin/smart-store.js',
    'start',
    '--config',
    configPath,
    '--data',
    `${day.dataDir}-two-doors`,
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect(exitCode).toBe(2);
  expect(words).toContain('Camera missing plays');
});

async function footfall(url: string): Promise<number> {
  const summary = (await (await fetch(`${url}/api/v1/summary`)).json()) as { footfall: number | null };
  return summary.footfall ?? 0;
}

async function untilFootfall(url: string, wanted: number): Promise<void> {
  while ((await footfall(url)) < wanted) await sleep(250);
}

/** The ids of every event in the log, read beside or after the store. */
async function eventIds(): Promise<string[]> {
  const log = openEmbeddedLog({
    path: join(day.dataDir, 'events.db'),
    access: 'guest',
    logger: createLogger('test'),
  });
  const ids: string[] = [];
  try {
    for (const topic of ['store.presence.v1', 'store.operations.v1', 'store.membership.v1']) {
      await readTopic(log, topic, (record) => {
        const decoded = decode(record.value);
        if (decoded.ok) ids.push(decoded.event.id);
      });
    }
  } finally {
    await log.close();
  }
  return ids;
}

async function readTables(): Promise<{ inTable: string[]; visits: number; started: number }> {
  const engine = await startClickHouse({
    dataDir: join(day.dataDir, 'clickhouse'),
    logger: createLogger('test'),
  });
  const client = connectClickHouse({ url: engine.url, database: 'smart_store' });
  const ask = async <Row>(query: string): Promise<Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
  try {
    const rows = await ask<{ id: string }>('SELECT toString(event_id) AS id FROM events');
    const [visits] = await ask<{ n: number }>('SELECT toUInt32(uniqExact(visit_id)) AS n FROM visits');
    const [started] = await ask<{ n: number }>(
      `SELECT toUInt32(countIf(type = 'visit.started')) AS n FROM events`,
    );
    return { inTable: rows.map(({ id }) => id), visits: visits!.n, started: started!.n };
  } finally {
    await client.close();
    await engine.close();
  }
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import { connectClickHouse } from './client.ts';
import { startClickHouse, type ClickHouseEngine, type EngineExit } from './engine.ts';

const logger = createLogger('test', 'silent');
const PATIENCE = { timeout: 60_000, interval: 50 };

describe("ClickHouse's engine as a local server", () => {
  let dataDir: string;
  const toClose: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'smart-store-engine-'));
  });
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<ClickHouseEngine> {
    const engine = await startClickHouse({ dataDir, logger });
    toClose.push(() => engine.close());
    return engine;
  }

  function connect(url: string): ClickHouseClient {
    const client = connectClickHouse({ url, database: 'default' });
    toClose.push(() => client.close());
    return client;
  }

  test('what was inserted is there after it was closed and started again', async () => {
    const first = await startClickHouse({ dataDir, logger });
    const client = connectClickHouse({ url: first.url, database: 'default' });
    await insertSeven(client);
    await client.close();
    await first.close();
    expect(first.pid()).toBeUndefined();

    const second = await start();
    expect(await readSeven(connect(second.url))).toBe(7);
    expect(second.restarts()).toBe(0);
  });

  test('killed, it is started again at the same address, and says so', async () => {
    const engine = await start();
    const client = connect(engine.url);
    await insertSeven(client);
    const killed = new Promise<EngineExit>((resolve) => engine.onExit(resolve));
    const before = engine.pid();
    process.kill(before!, 'SIGKILL');

    expect((await killed).signal).toBe('SIGKILL');
    await vi.waitFor(async () => expect(await readSeven(client)).toBe(7), PATIENCE);
    // It answers a moment before its supervisor has seen that it does.
    await vi.waitFor(() => expect(engine.restarts()).toBe(1), PATIENCE);
    expect(engine.pid()).not.toBe(before);
  });

  test('a second store on the same data directory is told whose it is', async () => {
    await start();
    await expect(startClickHouse({ dataDir, logger })).rejects.toThrow(
      expect.objectContaining({
        code: 'clickhouse.directory-taken',
        message: expect.stringContaining(`process ${process.pid}`) as string,
      }),
    );
  });

  test('when its parent is killed it ends by itself, and the next start waits for that', async () => {
    const parent = startChild(new URL('./engine.fixture.ts', import.meta.url), [dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const held = JSON.parse(line.toString()) as { url: string };
    const client = connectClickHouse({ url: held.url, database: 'default' });
    await insertSeven(client);
    await client.close();
    parent.kill('SIGKILL');
    await once(parent, 'exit');

    const next = await start();
    expect(await readSeven(connect(next.url))).toBe(7);
    await expect(fetch(`${held.url}/ping`)).rejects.toThrow();
  });
});

async function insertSeven(client: ClickHouseClient): Promise<void> {
  await client.command({ query: 'CREATE DATABASE IF NOT EXISTS kept' });
  await client.command({ query: 'CREATE TABLE kept.numbers (n UInt8) ENGINE = MergeTree ORDER BY n' });
  await client.insert({ table: 'kept.numbers', values: [{ n: 7 }], format: 'JSONEachRow' });
}

async function readSeven(client: ClickHouseClient): Promise<number | undefined> {
  const answer = await client.query({ query: 'SELECT n FROM kept.numbers', format: 'JSONEachRow' });
  return (await answer.json<{ n: number }>())[0]?.n;
}

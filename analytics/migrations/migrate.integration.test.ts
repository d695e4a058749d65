import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { createLogger } from '../../runtime/logger.ts';
import { applyMigrations, planMigrations } from './migrate.ts';

describe('migrations', () => {
  let dir: string;
  let engine: ClickHouseEngine;
  let folder: string;
  let address: { url: string; database: string };
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-migrations-'));
    engine = await startClickHouse({
      dataDir: join(dir, 'clickhouse'),
      logger: createLogger('test', 'silent'),
    });
  });
  afterAll(async () => {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    count += 1;
    address = { url: engine.url, database: `shop_${count}` };
    folder = await mkdtemp(join(dir, 'files-'));
    await write(
      '0001-shoes.sql',
      'CREATE TABLE IF NOT EXISTS shoes (n UInt8) ENGINE = MergeTree ORDER BY n;',
    );
  });

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const at = () => pathToFileURL(`${folder}/`);
  const tables = async () => {
    const client = connectClickHouse({ ...address, database: 'default' });
    const answer = await client.query({
      query:
        "SELECT name FROM system.tables WHERE database = {database:String} AND name != 'schema_migrations' ORDER BY name",
      query_params: { database: address.database },
      format: 'JSONEachRow',
    });
    const names = (await answer.json<{ name: string }>()).map(({ name }) => name);
    await client.close();
    return names;
  };

  test("the store's own apply to a database that isn't there yet, once", async () => {
    const { applied, pending } = await planMigrations(address);
    expect(applied).toEqual([]);
    expect(await applyMigrations(address)).toEqual(pending);
    expect(await planMigrations(address)).toEqual({ applied: pending, pending: [], newer: [] });
    expect(await applyMigrations(address)).toEqual([]);
    expect(await tables()).toEqual([
      'camera_events',
      'camera_events_from_events',
      'events',
      'floor_events',
      'floor_events_from_events',
      'floor_heat',
      'floor_heat_from_events',
      'visits',
      'visits_from_events',
      'visits_quarter_hourly',
      'visits_quarter_hourly_from_events',
    ]);
  });

  test('a new file is applied to a database that has the older ones', async () => {
    await applyMigrations(address, { folder: at() });
    await write(
      '0002-hats.sql',
      'CREATE TABLE IF NOT EXISTS hats (n UInt8) ENGINE = MergeTree ORDER BY n;\n',
    );
    expect(await planMigrations(address, { folder: at() })).toEqual({
      applied: ['0001-shoes.sql'],
      pending: ['0002-hats.sql'],
      newer: [],
    });
    expect(await applyMigrations(address, { folder: at() })).toEqual(['0002-hats.sql']);
    expect(await tables()).toEqual(['hats', 'shoes']);
  });

  test('a file that breaks in its middle is tried again from its start', async () => {
    const hats = 'CREATE TABLE IF NOT EXISTS hats (n UInt8) ENGINE = MergeTree ORDER BY n;\n';
    await write('0002-hats.sql', `${hats}CREATE TABLE nonsense;\n`);
    await expect(applyMigrations(address, { folder: at() })).rejects.toThrow();
    expect((await planMigrations(address, { folder: at() })).pending).toEqual(['0002-hats.sql']);
    await write(
      '0002-hats.sql',
      `${hats}CREATE TABLE IF NOT EXISTS gloves (n UInt8) ENGINE = MergeTree ORDER BY n;\n`,
    );
    expect(await applyMigrations(address, { folder: at() })).toEqual(['0002-hats.sql']);
    expect(await tables()).toEqual(['gloves', 'hats', 'shoes']);
  });

  test('on a server that is shared, what a newer release added is let alone', async () => {
    await write('0002-hats.sql', 'CREATE TABLE IF NOT EXISTS hats (n UInt8) ENGINE = MergeTree ORDER BY n;');
    await applyMigrations(address, { folder: at() });
    await rm(join(folder, '0002-hats.sql'));
    const shared = { folder: at(), allowNewer: true };
    expect(await planMigrations(address, shared)).toEqual({
      applied: ['0001-shoes.sql'],
      pending: [],
      newer: ['0002-hats.sql'],
    });
    expect(await applyMigrations(address, shared)).toEqual([]);
  });

  test.each([
    ['changed after it was applied', 'migrations.changed', () => write('0001-shoes.sql', 'SELECT 1;')],
    ['known to a newer release only', 'migrations.unknown', () => rm(join(folder, '0001-shoes.sql'))],
    ['with a gap before it', 'migrations.file', () => write('0003-coats.sql', 'SELECT 1;')],
    ['with a name of another form', 'migrations.file', () => write('hats.sql', 'SELECT 1;')],
  ])('a file %s is refused', async (_what, code, change) => {
    await applyMigrations(address, { folder: at() });
    await change();
    await expect(applyMigrations(address, { folder: at() })).rejects.toThrow(
      expect.objectContaining({ code }),
    );
    await expect(planMigrations(address, { folder: at() })).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });
});

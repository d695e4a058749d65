import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import { createLogger } from '../../runtime/logger.ts';
import { ROOT } from '../../runtime/paths.ts';
import { applyRetention } from '../retention/retention.ts';
import { applyMigrations } from './migrate.ts';
import { freePort } from './two-shards.fixture.ts';

const ROLES = ['writer', 'reader', 'migrator'] as const;
type Role = (typeof ROLES)[number];

const EVENT =
  "INSERT INTO events (event_id, type, store_id, visit_id, time, data) SELECT generateUUIDv4(), 'visit.started', 'demo', generateUUIDv4(), now64(3), '{}'";

describe('the users of config/cluster/clickhouse/users.xml', () => {
  let dir: string;
  let engine: ClickHouseEngine;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smart-store-users-'));
    for (const role of ROLES) {
      const sha256 = createHash('sha256').update(passwordOf(role)).digest('hex');
      vi.stubEnv(`CLICKHOUSE_${role.toUpperCase()}_SHA256`, sha256);
    }
    engine = await startClickHouse({
      dataDir: join(dir, 'clickhouse'),
      logger: createLogger('test', 'silent'),
      settingsFile: await writeSettings(dir),
    });
    await applyMigrations(addressOf('migrator'));
    const migrator = connectClickHouse(addressOf('migrator'));
    await applyRetention(migrator, { eventDays: 400 });
    await migrator.close();
  });
  afterAll(async () => {
    await engine.close();
    vi.unstubAllEnvs();
    await rm(dir, { recursive: true, force: true });
  });

  const addressOf = (role: Role) => ({
    url: engine.url,
    user: `smart_store_${role}`,
    password: passwordOf(role),
    database: 'smart_store',
  });
  const ask = async (role: Role, query: string, settings: Record<string, string> = {}): Promise<void> => {
    const client = connectClickHouse(addressOf(role));
    try {
      await client.command({ query, clickhouse_settings: settings });
    } finally {
      await client.close();
    }
  };

  test.each<[Role, string]>([
    ['writer', EVENT],
    ['writer', 'SELECT count() FROM visits'],
    ['reader', 'SELECT count() FROM visits'],
  ])('the %s may: %s', async (role, query) => {
    await expect(ask(role, query)).resolves.toBeUndefined();
  });

  test('the writer starts a store: nothing is pending, so nothing is changed', async () => {
    expect(await applyMigrations(addressOf('writer'))).toEqual([]);
  });

  test.each<[Role, string]>([
    ['reader', EVENT],
    ['reader', 'DROP TABLE events'],
    ['writer', 'ALTER TABLE events DELETE WHERE true'],
    ['writer', "INSERT INTO visits (store_id, visit_id) SELECT '', generateUUIDv4()"],
    ['writer', 'CREATE TABLE mine (n UInt8) ENGINE = Memory'],
    ['migrator', 'DROP TABLE events'],
    ['migrator', 'CREATE DATABASE other'],
  ])('the %s may not: %s', async (role, query) => {
    await expect(ask(role, query)).rejects.toThrow(expect.objectContaining({ code: '497' }));
  });

  test('docs/clickhouse-users.sql grants the same, in SQL that ClickHouse understands', async () => {
    const statements = (await readFile(`${ROOT}docs/clickhouse-users.sql`, 'utf8'))
      .replace(/^--.*$/gm, '')
      .split(/;\s*$/m)
      .filter((statement) => statement.trim() !== '');
    expect(statements.length).toBeGreaterThan(10);
    const client = connectClickHouse({ url: engine.url, database: 'default' });
    for (const query of statements) await client.command({ query: `EXPLAIN AST ${query}` });
    await client.close();
    const grants: string[] = [];
    for (const role of ROLES) {
      const user = connectClickHouse(addressOf(role));
      const answer = await user.query({ query: 'SHOW GRANTS', format: 'JSONCompactEachRow' });
      grants.push(...(await answer.json<[string]>()).map(([grant]) => grant));
      await user.close();
    }
    const written = statements.map((text) => text.trim()).filter((text) => text.startsWith('GRANT'));
    expect(grants.sort()).toEqual(written.sort());
  });

  test.each<[Role, Record<string, string>]>([
    ['writer', { async_insert: '1' }],
    ['reader', { max_execution_time: '3600' }],
  ])('the %s may not ask for %o', async (role, settings) => {
    await expect(ask(role, 'SELECT 1', settings)).rejects.toThrow(expect.objectContaining({ code: '452' }));
  });
});

function passwordOf(role: Role): string {
  return `of-the-${role}`;
}

/** As Debian's package lays it out. The engine's own session logs in as `default`, so that one is left in place here. */
async function writeSettings(dir: string): Promise<string> {
  const ours = await readFile(`${ROOT}config/cluster/clickhouse/users.xml`, 'utf8');
  await mkdir(join(dir, 'users.d'));
  await writeFile(join(dir, 'users.d', 'smart-store.xml'), ours.replace('<default remove="remove"/>', ''));
  await writeFile(
    join(dir, 'users.xml'),
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
       <password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
     </default></users></clickhouse>`,
  );
  const file = join(dir, 'config.xml');
  await writeFile(
    file,
    `<clickhouse><listen_host>127.0.0.1</listen_host><tcp_port>${await freePort()}</tcp_port><users_config>${dir}/users.xml</users_config></clickhouse>`,
  );
  return file;
}

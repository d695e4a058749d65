import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse, type ClickHouseAddress } from '../../ingest/clickhouse/client.ts';
import { UserError } from '../../runtime/errors.ts';

/** One numbered file of this folder. */
export interface Migration {
  readonly number: number;
  /** File name, e.g. `0001-events.sql`. */
  readonly name: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

export interface MigrationPlan {
  readonly applied: readonly string[];
  /** What {@link applyMigrations} would run, in this order. */
  readonly pending: readonly string[];
}

const FOLDER = new URL('./', import.meta.url);
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Says what is applied and what is not; changes nothing. The database need not exist. */
export async function planMigrations(address: ClickHouseAddress, folder = FOLDER): Promise<MigrationPlan> {
  return withClient({ ...address, database: 'default' }, async (client) => {
    const done = await readApplied(client, address.database);
    const { applied, pending } = compare(await readMigrations(folder), done, address.database);
    return { applied: applied.map(({ name }) => name), pending: pending.map(({ name }) => name) };
  });
}

/**
 * Brings the database up to date: makes it when missing, runs each pending file and then notes it. Every statement is
 * written so that it can run again (`IF NOT EXISTS`), so a crash between a statement and its note does no harm.
 * @returns the names of the files that were run now
 * @throws UserError `migrations.changed`, `migrations.unknown`, `migrations.file`
 */
export async function applyMigrations(
  address: ClickHouseAddress,
  folder = FOLDER,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const pending = await withClient({ ...address, database: 'default' }, async (client) => {
    const name = { database: address.database };
    await client.command({
      query: 'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
      query_params: name,
    });
    await client.command({
      query: `CREATE TABLE IF NOT EXISTS {database:Identifier}.schema_migrations
        (number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'))
        ENGINE = ReplacingMergeTree ORDER BY number`,
      query_params: name,
    });
    return compare(migrations, await readApplied(client, address.database), address.database).pending;
  });
  await withClient(address, async (client) => {
    for (const { number, name, checksum, statements } of pending) {
      for (const query of statements) await client.command({ query });
      await client.insert({
        table: 'schema_migrations',
        values: [{ number, name, checksum }],
        format: 'JSONEachRow',
      });
    }
  });
  return pending.map(({ name }) => name);
}

/** The files of a folder in order of their numbers. A statement ends with a semicolon at the end of a line. */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = Number(FILE_NAME.exec(name)?.[1]);
    if (number !== migrations.length + 1) {
      throw new UserError(
        'migrations.file',
        `Migrations are numbered without gaps, like 0001-events.sql; found "${name}" at place ${migrations.length + 1}.`,
        'Rename the file to the next free number.',
      );
    }
    const text = await readFile(new URL(name, folder), 'utf8');
    const statements = text.split(/;\s*$/m).filter((statement) => statement.trim() !== '');
    migrations.push({ number, name, checksum: createHash('sha256').update(text).digest('hex'), statements });
  }
  return migrations;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

async function readApplied(client: ClickHouseClient, database: string): Promise<readonly AppliedMigration[]> {
  const exists = await client.query({
    query: `SELECT name FROM system.tables WHERE database = {database:String} AND name = 'schema_migrations'`,
    query_params: { database },
    format: 'JSONEachRow',
  });
  if ((await exists.json()).length === 0) return [];
  const answer = await client.query({
    query: 'SELECT number, name, checksum FROM {database:Identifier}.schema_migrations FINAL ORDER BY number',
    query_params: { database },
    format: 'JSONEachRow',
  });
  return answer.json<AppliedMigration>();
}

function compare(
  files: readonly Migration[],
  done: readonly AppliedMigration[],
  database: string,
): { applied: readonly Migration[]; pending: readonly Migration[] } {
  for (const { number, name, checksum } of done) {
    const file = files[number - 1];
    if (file === undefined) {
      throw new UserError(
        'migrations.unknown',
        `Database ${database} has migration ${name}, which this release doesn't know; its last is ${files.at(-1)?.name ?? 'none'}.`,
        'Start the release that made this database, or a newer one.',
      );
    }
    if (file.checksum !== checksum) {
      throw new UserError(
        'migrations.changed',
        `Migration ${file.name} was changed after it had been applied to database ${database}.`,
        'Restore the file as it was and put the change into a new migration.',
      );
    }
  }
  const isDone = new Set(done.map(({ number }) => number));
  return {
    applied: files.filter(({ number }) => isDone.has(number)),
    pending: files.filter(({ number }) => !isDone.has(number)),
  };
}

async function withClient<Answer>(
  address: ClickHouseAddress,
  work: (client: ClickHouseClient) => Promise<Answer>,
): Promise<Answer> {
  const client = connectClickHouse(address);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

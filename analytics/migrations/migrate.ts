import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse, type ClickHouseAddress } from '../../ingest/clickhouse/client.ts';
import { UserError } from '../../runtime/errors.ts';
import { forCluster, notesOnCluster } from './cluster.ts';

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
  /** What a newer release has applied; empty unless {@link MigrationOptions.allowNewer}. */
  readonly newer: readonly string[];
}

const FOLDER = new URL('./', import.meta.url);
const NOTES_COLUMNS = `(number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'))`;
/** Less than the client waits for an answer. */
const SERVERS_LIMIT_SECONDS = 45;
const TIMEOUT_EXCEEDED = '159';
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

export interface MigrationOptions {
  /** ClickHouse's name of the cluster over which the tables are spread; without it one server holds them. */
  readonly cluster?: string | undefined;
  /**
   * Goes on where a newer release was here: its changes are additions. For servers that boxes of several releases share;
   * one machine's own database is refused, because the release that made it is what should run.
   */
  readonly allowNewer?: boolean;
  /** Told of each file once it is applied. */
  readonly onApplied?: (name: string) => void;
  readonly folder?: URL;
}

/**
 * Says what is applied and what is not; changes nothing. The database need not exist.
 * @throws UserError `migrations.changed`, `.unknown`, `.file`
 */
export async function planMigrations(
  address: ClickHouseAddress,
  { folder = FOLDER, allowNewer = false }: Pick<MigrationOptions, 'folder' | 'allowNewer'> = {},
): Promise<MigrationPlan> {
  const plan = await compareWith(address, await readMigrations(folder), allowNewer);
  const names = (of: readonly { readonly name: string }[]): string[] => of.map(({ name }) => name);
  return { applied: names(plan.applied), pending: names(plan.pending), newer: names(plan.newer) };
}

/**
 * Brings the database up to date: makes it when missing, runs each pending file and then notes it. Every statement is
 * written so that it can run again (`IF NOT EXISTS`), so a crash between a statement and its note does no harm.
 * Where nothing is pending nothing is changed, so a user without the right to change tables may call it.
 * @returns the names of the files that were run now
 * @throws UserError `migrations.changed`, `.unknown`, `.file`, `.not-for-a-cluster`, `.server-missing`
 */
export async function applyMigrations(
  address: ClickHouseAddress,
  { cluster, allowNewer = false, onApplied, folder = FOLDER }: MigrationOptions = {},
): Promise<readonly string[]> {
  const { database } = address;
  const { pending } = await compareWith(address, await readMigrations(folder), allowNewer);
  if (pending.length === 0) return [];
  const target = cluster === undefined ? undefined : { cluster, database };
  const files = pending.map((file) => ({
    ...file,
    statements: target ? file.statements.flatMap((one) => forCluster(one, target)) : file.statements,
  }));
  await withClient({ ...address, database: 'default' }, async (client) => {
    for (const query of target ? notesOnCluster(target, NOTES_COLUMNS) : notesOnOneServer(database)) {
      await change(client, query);
    }
  });
  await withClient(address, async (client) => {
    for (const { number, name, checksum, statements } of files) {
      for (const query of statements) await change(client, query);
      await client.insert({
        table: 'schema_migrations',
        values: [{ number, name, checksum }],
        format: 'JSONEachRow',
      });
      onApplied?.(name);
    }
  });
  return files.map(({ name }) => name);
}

const notesOnOneServer = (database: string): readonly string[] => [
  `CREATE DATABASE IF NOT EXISTS ${database}`,
  `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations ${NOTES_COLUMNS}
   ENGINE = ReplacingMergeTree ORDER BY number`,
];

/** One statement. On a cluster it ends when every server has done it, or with the name of one that has not. */
async function change(client: ClickHouseClient, query: string): Promise<void> {
  try {
    await client.command({
      query,
      clickhouse_settings: { distributed_ddl_task_timeout: String(SERVERS_LIMIT_SECONDS) },
    });
  } catch (thrown) {
    if (!(thrown instanceof ClickHouseError) || thrown.code !== TIMEOUT_EXCEEDED) throw thrown;
    throw new UserError(
      'migrations.server-missing',
      `Not every server of the cluster has made a change within ${SERVERS_LIMIT_SECONDS} s: ${thrown.message}`,
      'Start the server that is missing; it catches up by itself. Then type "smart-store migrate apply" again.',
      { cause: thrown },
    );
  }
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

interface Comparison {
  readonly applied: readonly Migration[];
  readonly pending: readonly Migration[];
  readonly newer: readonly AppliedMigration[];
}

async function compareWith(
  address: ClickHouseAddress,
  files: readonly Migration[],
  allowNewer: boolean,
): Promise<Comparison> {
  const { database } = address;
  const done = await withClient({ ...address, database: 'default' }, (client) =>
    readApplied(client, database),
  );
  for (const { number, name, checksum } of done) {
    const file = files[number - 1];
    if (file === undefined && !allowNewer) {
      throw new UserError(
        'migrations.unknown',
        `Database ${database} has migration ${name}, which this release doesn't know; its last is ${files.at(-1)?.name ?? 'none'}.`,
        'Start the release that made this database, or a newer one.',
      );
    }
    if (file !== undefined && file.checksum !== checksum) {
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
    newer: done.filter(({ number }) => number > files.length),
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

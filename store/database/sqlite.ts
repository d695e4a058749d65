import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { Database, Queries, Row, SqlValue } from './database.ts';
import { migrate } from './migrations.ts';
import { integerColumn } from './row.ts';

type Connection = InstanceType<typeof Libsql>;

/** How long to wait for another process that is writing, milliseconds. */
const BUSY_TIMEOUT_MS = 5000;
/** How often to try while waiting, milliseconds. */
const BUSY_PAUSE_MS = 10;

/**
 * Opens the ledger in a SQLite file, creates it with mode 0600 where there is none, and brings it to the newest form.
 * A commit is on the disk when it resolves (WAL with synchronous=FULL); deleted bytes are overwritten.
 * @throws UserError `database.unreachable`, `database.busy`, `database.migration-changed`, `database.newer`
 */
export async function openDatabase(path: string): Promise<Database> {
  const database = connect(path);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function connect(path: string): Database {
  const connection = openConnection(path);
  const inTurn = createQueue();
  const insideTransaction = new AsyncLocalStorage<true>();
  const outsideOnly = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (insideTransaction.getStore() === true) {
      throw new TypeError('inside a transaction use the queries that were handed over');
    }
    return inTurn(work);
  };
  const queries = queriesOn(connection);
  return {
    all: (sql, values) => outsideOnly(() => queries.all(sql, values)),
    run: (sql, values) => outsideOnly(() => queries.run(sql, values)),
    transaction: (work) =>
      outsideOnly(() => insideTransaction.run(true, () => inTransaction(connection, queries, work))),
    changeMarker: () =>
      outsideOnly(async () => integerColumn(await only(queries.all('PRAGMA data_version')), 'data_version')),
    eraseDeleted: () =>
      outsideOnly(async () => {
        const row = await only(queries.all('PRAGMA wal_checkpoint(TRUNCATE)'));
        return integerColumn(row, 'busy') === 0;
      }),
    close: () =>
      inTurn(() => {
        connection.close();
        return Promise.resolve();
      }),
  };
}

function openConnection(path: string): Connection {
  let connection: Connection | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600)); // SQLite gives its journals the mode of the file
    connection = new Libsql(path);
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('PRAGMA foreign_keys = ON');
    connection.exec('PRAGMA secure_delete = ON');
    // from here on we wait ourselves: SQLite's own waiting would stop this whole process
    connection.exec('PRAGMA busy_timeout = 0');
    return connection;
  } catch (error) {
    connection?.close();
    throw new UserError(
      'database.unreachable',
      `The database ${path} is expected to be a file that this user can read and write, but: ${messageOf(error)}.`,
      'Check the path, its rights and the free disk space.',
      { cause: error },
    );
  }
}

function queriesOn(connection: Connection): Queries {
  const prepare = (sql: string) => connection.prepare<[readonly SqlValue[]]>(sql);
  return {
    all: (sql, values = []) => settle(() => prepare(sql).all(values).map(toRow)),
    run: (sql, values = []) => settle(() => prepare(sql).run(values).changes),
  };
}

async function inTransaction<Answer>(
  connection: Connection,
  queries: Queries,
  work: (queries: Queries) => Promise<Answer>,
): Promise<Answer> {
  // IMMEDIATE: a transaction that begins by reading would otherwise fail when it comes to write after another process
  await settle(() => connection.exec('BEGIN IMMEDIATE'));
  try {
    const answer = await work(queries);
    connection.exec('COMMIT');
    return answer;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** Runs the driver's synchronous call; where another process is writing, tries again until the time is over. */
async function settle<Answer>(call: () => Answer): Promise<Answer> {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY') throw error;
      if (Date.now() > deadline) throw busy(error);
    }
    await sleep(BUSY_PAUSE_MS);
  }
}

function busy(cause: unknown): UserError {
  return new UserError(
    'database.busy',
    `The database was expected to be free within ${BUSY_TIMEOUT_MS / 1000} s, but another process keeps writing.`,
    'Try again; if it stays so, look for another smart-store process that hangs.',
    { cause },
  );
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function toRow(row: unknown): Row {
  if (typeof row !== 'object' || row === null) throw new TypeError('expected a row of columns');
  return { ...row };
}

async function only(rows: Promise<readonly Row[]>): Promise<Row> {
  const [row] = await rows;
  if (row === undefined) throw new TypeError('expected one row');
  return row;
}

/** Runs asynchronous work one after the other, whatever became of the work before. */
function createQueue(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const answer = last.then(work, work);
    last = answer.catch(() => undefined);
    return answer;
  };
}

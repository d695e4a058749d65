import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { knownMigrations, migrate } from './migrations.ts';
import { bytesColumn } from './row.ts';
import { openDatabase } from './sqlite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smart-store-database-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const path = () => join(folder, 'ledger.db');

test('a new database is durable, strict and private', async () => {
  const database = await openDatabase(path());
  const pragma = async (name: string) => Object.values((await database.all(`PRAGMA ${name}`))[0] ?? {})[0];
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(2);
  expect(await pragma('foreign_keys')).toBe(1);
  expect(await pragma('secure_delete')).toBe(1);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  await database.close();
});

test('a transaction that fails leaves nothing, and the next one goes on', async () => {
  const database = await openDatabase(path());
  await database.run('CREATE TABLE notes (text TEXT NOT NULL, bytes BLOB) STRICT');
  const insert = 'INSERT INTO notes VALUES (?, ?)';
  const failing = database.transaction(async (queries) => {
    await queries.run(insert, ['lost', null]);
    await queries.run(insert, [null, null]);
  });
  const next = database.transaction((queries) => queries.run(insert, ['kept', new Uint8Array([1, 2])]));
  await expect(failing).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_NOTNULL' });
  expect(await next).toBe(1);
  const rows = await database.all('SELECT * FROM notes');
  expect(rows.map((row) => [row['text'], [...bytesColumn(row, 'bytes')]])).toEqual([['kept', [1, 2]]]);
  await database.close();
});

test('nobody reads in the middle of a transaction', async () => {
  const database = await openDatabase(path());
  await database.run('CREATE TABLE notes (text TEXT NOT NULL) STRICT');
  const writing = database.transaction(async (queries) => {
    await queries.run("INSERT INTO notes VALUES ('half')");
    await new Promise((resolve) => setImmediate(resolve));
    await queries.run("INSERT INTO notes VALUES ('whole')");
  });
  expect(await database.all('SELECT * FROM notes')).toHaveLength(2);
  await writing;
  await database.close();
});

test('using the database inside its own transaction is an error, not a wait without end', async () => {
  const database = await openDatabase(path());
  await expect(database.transaction(() => database.all('SELECT 1'))).rejects.toThrow(
    'use the queries that were handed over',
  );
  await database.close();
});

test('another connection sees that something was committed, its own commits it does not', async () => {
  const [one, two] = [await openDatabase(path()), await openDatabase(path())];
  await one.run('CREATE TABLE notes (text TEXT NOT NULL) STRICT');
  const before = await two.changeMarker();
  await two.run("INSERT INTO notes VALUES ('mine')");
  expect(await two.changeMarker()).toBe(before);
  await one.run("INSERT INTO notes VALUES ('theirs')");
  expect(await two.changeMarker()).not.toBe(before);
  await one.close();
  await two.close();
});

test('migrations are applied once, also when two open at the same time', async () => {
  const both = await Promise.all([openDatabase(path()), openDatabase(path())]);
  const rows = await both[0].all('SELECT number, name FROM migrations ORDER BY number');
  expect(rows).toEqual(knownMigrations().map(({ number, name }) => ({ number, name })));
  for (const database of both) await database.close();
});

test('a migration that was changed after it was applied is refused', async () => {
  const database = await openDatabase(path());
  await database.run("UPDATE migrations SET checksum = 'other' WHERE number = 1");
  await database.close();
  await expect(openDatabase(path())).rejects.toMatchObject({ code: 'database.migration-changed' });
});

test('a database of a newer release is refused', async () => {
  const database = await openDatabase(path());
  await database.run("INSERT INTO migrations VALUES (99, 'later', 'x', '2030-01-01')");
  await database.close();
  await expect(openDatabase(path())).rejects.toMatchObject({ code: 'database.newer' });
});

test('a migration that fails in its middle leaves nothing of itself', async () => {
  const database = await openDatabase(path());
  const broken = {
    number: knownMigrations().length + 1,
    name: 'broken',
    checksum: 'x',
    statements: ['CREATE TABLE half (text TEXT) STRICT', 'CREATE NONSENSE'],
  };
  await expect(migrate(database, [...knownMigrations(), broken])).rejects.toThrow('NONSENSE');
  expect(await database.all("SELECT name FROM sqlite_schema WHERE name = 'half'")).toEqual([]);
  await database.close();
});

test('a gap in the numbers of the files is a mistake of ours', () => {
  writeFileSync(join(folder, '0002-late.sql'), 'SELECT 1');
  expect(() => knownMigrations(pathToFileURL(`${folder}/`))).toThrow('look at number 1');
});

test('a file that is no database says so', async () => {
  writeFileSync(path(), 'this is not a database at all, but long enough to be read as one\n'.repeat(100));
  await expect(openDatabase(path())).rejects.toMatchObject({ code: 'database.unreachable' });
});

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { UserError } from '../../runtime/errors.ts';
import type { Database } from './database.ts';
import { integerColumn, textColumn } from './row.ts';

/** One step of the database's form. Once published, its text never changes: the next change is the next number. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** Statements, each without its closing semicolon. */
  readonly statements: readonly string[];
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
}

const FOLDER = new URL('./migrations/', import.meta.url);
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;
/** Stands between statements; triggers have semicolons inside, so these can't separate. */
const SEPARATOR = /^-- next$/m;

/** The migrations that this release brings, in order. */
export function knownMigrations(folder: URL = FOLDER): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file): Migration => {
      const [, number = '', name = ''] = FILE_NAME.exec(file) ?? [];
      const text = readFileSync(new URL(file, folder), 'utf8');
      return {
        number: Number(number),
        name,
        statements: text.split(SEPARATOR).map((statement) => statement.trim().replace(/;$/, '')),
        checksum: createHash('sha256').update(text).digest('hex'),
      };
    });
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1 || name === '') {
      throw new TypeError(
        `migration files must be named 0001-name.sql and so on without gaps; look at number ${index + 1}`,
      );
    }
  }
  return migrations;
}

/**
 * Applies what is missing, each migration in one transaction; two processes that start together apply each once.
 * @throws UserError `database.migration-changed`, `database.newer`
 */
export async function migrate(database: Database, migrations = knownMigrations()): Promise<void> {
  await database.run(
    `CREATE TABLE IF NOT EXISTS migrations (
       number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL
     ) STRICT`,
  );
  for (const migration of migrations) {
    await database.transaction(async (queries) => {
      const [applied] = await queries.all('SELECT name, checksum FROM migrations WHERE number = ?', [
        migration.number,
      ]);
      if (applied !== undefined) {
        if (textColumn(applied, 'checksum') !== migration.checksum) throw changed(migration);
        return;
      }
      for (const statement of migration.statements) await queries.run(statement);
      await queries.run('INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)', [
        migration.number,
        migration.name,
        migration.checksum,
        new Date().toISOString(),
      ]);
    });
  }
  await refuseNewer(database, migrations.length);
}

async function refuseNewer(database: Database, known: number): Promise<void> {
  const [row] = await database.all('SELECT max(number) AS newest FROM migrations');
  const newest = row === undefined || row['newest'] === null ? 0 : integerColumn(row, 'newest');
  if (newest <= known) return;
  throw new UserError(
    'database.newer',
    `This release knows the database up to migration ${known}, but a newer release has brought it to ${newest}.`,
    'Start the newer release, or restore the backup that was made before it.',
  );
}

function changed({ number, name }: Migration): UserError {
  return new UserError(
    'database.migration-changed',
    `Migration ${number} (${name}) was applied to this database in another form than the one in this release.`,
    'Published migrations never change: restore store/database/migrations from the release, or start from a backup.',
  );
}

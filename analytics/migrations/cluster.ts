import { UserError } from '../../runtime/errors.ts';

/** Where the tables are to be spread over several servers. */
export interface ClusterTarget {
  /** As `remote_servers` of every server of it names it. */
  readonly cluster: string;
  readonly database: string;
}

/** What a table is called on the server that holds its rows; its plain name is the Distributed table in front. */
export const localName = (table: string): string => `${table}_local`;

/**
 * A store's rows live on one shard: distinct counts of a shop then need no other server, and a visit is one row.
 * Every shard gets the same rows of a batch again when the batch is sent again, so a token means the same on each.
 */
export const SHARDING_KEY = 'cityHash64(store_id)';

/** Tokens are remembered so long; ClickHouse's own default, an hour, is shorter than a weekend without a technician. */
const TOKEN_SECONDS = 30 * 86_400;

const LEADING_COMMENTS = /^(?:\s*--[^\n]*\n)*\s*/;
const CREATE_TABLE =
  /^CREATE TABLE IF NOT EXISTS (\w+)\s*\(\n([\s\S]*?)\n\)\s*ENGINE = (\w*MergeTree)\s*\n([\s\S]*)$/;
const CREATE_VIEW = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS\s([\s\S]*)$/;
const ALTER_TABLE = /^ALTER TABLE (\w+)\s+([\s\S]*)$/;
const ADDS_COLUMNS = /^ADD COLUMN IF NOT EXISTS /;
const CHANGES_STORAGE = /^MODIFY (?:SETTING|TTL|COLUMN \w+ CODEC)\b(?![\s\S]*\b(?:ADD|DROP|RENAME) COLUMN\b)/;
const FILLS = /^INSERT INTO \w+\s+(?:\([^)]*\)\s+)?SELECT\b/;
const WINDOW = /\bnon_replicated_deduplication_window = (\d+)/;
const FROM = /\bFROM (\w+)\b/g;

/**
 * One statement of a migration, as a cluster takes it: the rows in replicated tables `…_local`, a Distributed table of
 * the plain name in front, views between the local tables, everything on every server.
 *
 * It reads the few forms of statements that our own files have and refuses any other: a form that is not known must not
 * reach a cluster half changed.
 * @throws UserError `migrations.not-for-a-cluster`
 */
export function forCluster(statement: string, target: ClusterTarget): readonly string[] {
  const text = statement.replace(LEADING_COMMENTS, '').trim();
  const onCluster = `ON CLUSTER ${target.cluster}`;

  const table = CREATE_TABLE.exec(text);
  if (table) {
    const [, name = '', columns = '', engine = '', layout = ''] = table;
    if (!/^\s*store_id\s/m.test(columns)) throw notForACluster(text, 'it has no store_id to be spread by');
    return [
      `CREATE TABLE IF NOT EXISTS ${localName(name)} ${onCluster}\n(\n${columns}\n)\nENGINE = ${replicated(engine, localName(name), '{shard}')}\n${withReplicatedWindow(layout)}`,
      `CREATE TABLE IF NOT EXISTS ${name} ${onCluster} AS ${localName(name)}\nENGINE = Distributed(${target.cluster}, ${target.database}, ${localName(name)}, ${SHARDING_KEY})`,
    ];
  }

  const view = CREATE_VIEW.exec(text);
  if (view) {
    const [, name = '', to = '', select = ''] = view;
    if (/\bJOIN\b|\bIN \(SELECT\b/i.test(select)) throw notForACluster(text, 'its view reads a second table');
    const readsLocal = select.replace(FROM, (_, source: string) => `FROM ${localName(source)} AS ${source}`);
    return [
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${onCluster} TO ${localName(to)} AS\n${readsLocal}`,
    ];
  }

  const change = ALTER_TABLE.exec(text);
  if (change) {
    const [, name = '', what = ''] = change;
    const alter = (to: string, as: string): string => `ALTER TABLE ${to} ${onCluster} ${as}`;
    // Rows first: a column that only the table in front knew would be asked of servers that have none.
    if (ADDS_COLUMNS.test(what)) return [alter(localName(name), what), alter(name, what)];
    if (CHANGES_STORAGE.test(what)) return [alter(localName(name), withReplicatedWindow(what))];
  }

  // Filling reads and writes through the tables in front, once.
  if (FILLS.test(text)) return [text];
  throw notForACluster(text, 'its form is not one of those that are known');
}

/** The statements that make the database and the table of notes, on every server, with the same notes on each. */
export function notesOnCluster({ cluster, database }: ClusterTarget, columns: string): readonly string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS ${database} ON CLUSTER ${cluster}`,
    // One group of copies over all shards: whichever server is asked, it knows what was applied.
    `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations ON CLUSTER ${cluster} ${columns}
     ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/notes/{database}/{table}', '{shard}-{replica}')
     ORDER BY number`,
  ];
}

/**
 * The path in Keeper is spelled out and does not hang on a table's UUID, so a server that takes a dead one's place joins
 * by the same statement.
 */
function replicated(engine: string, table: string, shard: string): string {
  return `Replicated${engine}('/clickhouse/tables/${shard}/{database}/${table}', '{replica}')`;
}

function withReplicatedWindow(layout: string): string {
  return layout.replace(
    WINDOW,
    `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${TOKEN_SECONDS}`,
  );
}

function notForACluster(statement: string, why: string): UserError {
  return new UserError(
    'migrations.not-for-a-cluster',
    `This migration can't be applied to a cluster, because ${why}: ${statement.split('\n')[0] ?? ''}`,
    'Write it in one of the forms that analytics/migrations/cluster.ts knows, or teach that file the new form, with a test.',
  );
}

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import Database from 'libsql';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { Topic } from '../topics.ts';
import type { CommittedOffset, LogRecord, NewRecord } from './event-log.ts';

/** One partition as it lies in the file: offsets `firstOffset` up to, not including, `endOffset` are there. */
export interface StoredPartition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly endOffset: number;
}

/** The SQLite file under the embedded log: rows in, rows out, no waiting and no grouping. Everything is synchronous. */
export interface EmbeddedStorage {
  /** Runs `work` in one durable transaction; when it throws nothing of it remains. */
  transaction<Result>(work: () => Result): Result;
  partitions(): readonly StoredPartition[];
  /** Inside a transaction: stores records under consecutive offsets that begin at `firstOffset`. */
  insert(partitionId: number, firstOffset: number, records: readonly NewRecord[], appendedAtMs: number): void;
  /** Inside a transaction: removes at most `limit` records from the front whose age ends before `cutoffMs`. */
  removeBefore(partition: StoredPartition, cutoffMs: number, limit: number): number;
  /** At most `maxRecords` records from `offset` on; stops early after `maxBytes`. */
  read(
    partition: StoredPartition,
    offset: number,
    maxRecords: number,
    maxBytes: number,
  ): readonly LogRecord[];
  /** Offset of the first record that was appended at or after `appendedAtMs`; the end where there is none. */
  offsetAt(partition: StoredPartition, appendedAtMs: number): number;
  committed(group: string, partitionId: number): CommittedOffset;
  commit(group: string, partitionId: number, offset: CommittedOffset): void;
  /** Groups that have a place in this partition. */
  groupsAt(partitionId: number): readonly { readonly group: string; readonly nextOffset: number }[];
  /** Changes when another process has written to the file. */
  foreignVersion(): number;
  close(): void;
}

/** `SSLG`: marks the file as a log of ours, so that another database is never written to by mistake. */
const APPLICATION_ID = 0x53534c47;
const FORMAT = 1;
/** A row's id is partition × 2^40 + offset: rows of a partition lie side by side, and no second index is needed. */
const OFFSETS_PER_PARTITION = 2 ** 40;
/** Rows in one INSERT; measured about 20 % faster than one row each (README.md). */
const ROWS_PER_INSERT = 16;
const ROWS_PER_READ = 64;
const BUSY_TIMEOUT_MS = 5000;

const SCHEMA = `
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL DEFAULT 0,
    end_offset INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
  );
  CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    appended_at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    key TEXT NOT NULL,
    headers TEXT NOT NULL,
    value BLOB NOT NULL
  );
  CREATE TABLE group_offsets (
    group_name TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (group_name, partition_id)
  ) WITHOUT ROWID;
`;

/**
 * Opens the file, creating it and its folder where `create` allows.
 * @throws UserError `log.missing`, `log.unreadable`, `log.newer` or `log.partitions`
 */
export function openEmbeddedStorage(
  path: string,
  topics: readonly Topic[],
  create: boolean,
): EmbeddedStorage {
  const db = openDatabase(path, create);
  try {
    prepareSchema(db, path, create);
    if (create) addPartitions(db, topics);
  } catch (error) {
    db.close();
    throw error;
  }
  return createStorage(db);
}

function openDatabase(path: string, create: boolean): Database.Database {
  if (!create && !existsSync(path)) {
    throw new UserError(
      'log.missing',
      `There should be an event log at ${path}, but there is none.`,
      'Start the store once, or set SMART_STORE_DATA to the data folder of the store.',
    );
  }
  try {
    // The log tells when members came and went: other users of the machine have no business in its folder.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = WAL');
    // FULL: every commit waits for the disk, so that what was acknowledged survives a power cut too.
    db.pragma('synchronous = FULL');
    return db;
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause);
  }
}

function prepareSchema(db: Database.Database, path: string, create: boolean): void {
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').all().length === 0;
  if (isEmpty && create) {
    db.transaction(() => {
      db.exec(SCHEMA);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${FORMAT}`);
    }).immediate();
  }
  const [applicationId] = numbersOf(db, 'PRAGMA application_id');
  const [format = 0] = numbersOf(db, 'PRAGMA user_version');
  if (applicationId !== APPLICATION_ID) throw unreadable(path, 'it is a database of something else');
  if (format > FORMAT) {
    throw new UserError(
      'log.newer',
      `The event log ${path} has format ${format}; this release reads up to ${FORMAT}.`,
      'Start the release of Smart Store that wrote it, or a newer one.',
    );
  }
}

function addPartitions(db: Database.Database, topics: readonly Topic[]): void {
  const add = db.prepare('INSERT OR IGNORE INTO partitions (topic, partition) VALUES (?, ?)');
  db.transaction(() => {
    for (const topic of topics) {
      for (let partition = 0; partition < topic.partitions; partition += 1) add.run(topic.name, partition);
    }
  }).immediate();
  for (const topic of topics) {
    const [stored = 0] = numbersOf(db, 'SELECT count(*) FROM partitions WHERE topic = ?', topic.name);
    if (stored > topic.partitions) {
      throw new UserError(
        'log.partitions',
        `Topic ${topic.name} has ${stored} partitions in the event log, but ${topic.partitions} are configured.`,
        'Partitions can be added, never taken away: set the topic back, or give it a new version.',
      );
    }
  }
}

function createStorage(db: Database.Database): EmbeddedStorage {
  const insertOne = db.prepare(insertSql(1));
  const insertMany = db.prepare(insertSql(ROWS_PER_INSERT));
  const moveEnd = db.prepare('UPDATE partitions SET end_offset = ? WHERE id = ?');
  const moveFirst = db.prepare('UPDATE partitions SET first_offset = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM records WHERE id >= ? AND id < ?');
  const putOffset = db.prepare(
    `INSERT INTO group_offsets (group_name, partition_id, next_offset, metadata) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset, metadata = excluded.metadata`,
  );

  /** Every read goes through `all`: a statement left half-read would pin an old view of the file. */
  const rows = (sql: string): ((...values: (string | number)[]) => Row[]) => {
    const statement = db.prepare(sql);
    statement.raw(true);
    return (...values) => statement.all(...values) as Row[];
  };
  const selectPartitions = rows(
    'SELECT id, topic, partition, first_offset, end_offset FROM partitions ORDER BY topic, partition',
  );
  const selectRecords = rows(
    `SELECT id, appended_at_ms, checksum, key, headers, value FROM records
     WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`,
  );
  const selectFirstSince = rows(
    'SELECT id FROM records WHERE id >= ? AND id < ? AND appended_at_ms >= ? ORDER BY id LIMIT 1',
  );
  const selectFirst = rows('SELECT first_offset FROM partitions WHERE id = ?');
  const selectOffset = rows(
    'SELECT next_offset, metadata FROM group_offsets WHERE group_name = ? AND partition_id = ?',
  );
  const selectGroups = rows('SELECT group_name, next_offset FROM group_offsets WHERE partition_id = ?');

  function offsetAt({ id, firstOffset, endOffset }: StoredPartition, appendedAtMs: number): number {
    const base = id * OFFSETS_PER_PARTITION;
    const [first] = selectFirstSince(base + firstOffset, base + endOffset, appendedAtMs);
    return first === undefined ? endOffset : Number(first[0]) - base;
  }

  const storage: EmbeddedStorage = {
    transaction: (work) => db.transaction(work).immediate(),

    partitions: () =>
      selectPartitions().map(([id, topic, partition, first, end]) => ({
        id: Number(id),
        topic: String(topic),
        partition: Number(partition),
        firstOffset: Number(first),
        endOffset: Number(end),
      })),

    insert(partitionId, firstOffset, records, appendedAtMs) {
      const values = records.map((record, index) =>
        rowOf(partitionId * OFFSETS_PER_PARTITION + firstOffset + index, record, appendedAtMs),
      );
      let at = 0;
      for (; at + ROWS_PER_INSERT <= values.length; at += ROWS_PER_INSERT) {
        insertMany.run(values.slice(at, at + ROWS_PER_INSERT).flat());
      }
      for (; at < values.length; at += 1) insertOne.run(values[at]!);
      moveEnd.run(firstOffset + records.length, partitionId);
    },

    removeBefore(partition, cutoffMs, limit) {
      const { id, firstOffset } = partition;
      const base = id * OFFSETS_PER_PARTITION;
      const nextFirst = Math.min(offsetAt(partition, cutoffMs), firstOffset + limit);
      if (nextFirst <= firstOffset) return 0;
      remove.run(base + firstOffset, base + nextFirst);
      moveFirst.run(nextFirst, id);
      return nextFirst - firstOffset;
    },

    read(partition, offset, maxRecords, maxBytes) {
      const base = partition.id * OFFSETS_PER_PARTITION;
      const records: LogRecord[] = [];
      let bytes = 0;
      while (records.length < maxRecords && bytes < maxBytes) {
        const from = offset + records.length;
        const wanted = Math.min(maxRecords - records.length, ROWS_PER_READ);
        const found = selectRecords(base + from, base + partition.endOffset, wanted);
        for (const row of found) {
          const record = recordOf(row, base, partition);
          if (record.offset !== offset + records.length) {
            // Only retention may have removed records, and only from the front.
            const first = Number(selectFirst(partition.id)[0]?.[0]);
            if (records.length > 0 || record.offset !== first) throw missing(partition, record.offset);
            offset = first;
          }
          records.push(record);
          bytes += record.value.length;
        }
        if (found.length < wanted) break;
      }
      if (records.length === 0 && offset < partition.endOffset) {
        const first = Number(selectFirst(partition.id)[0]?.[0]);
        if (first < partition.endOffset) throw missing(partition, partition.endOffset);
      }
      return records;
    },

    offsetAt,

    committed(group, partitionId) {
      const [row] = selectOffset(group, partitionId);
      return { nextOffset: Number(row?.[0] ?? 0), metadata: String(row?.[1] ?? '') };
    },

    commit(group, partitionId, { nextOffset, metadata }) {
      putOffset.run(group, partitionId, nextOffset, metadata);
    },

    groupsAt: (partitionId) =>
      selectGroups(partitionId).map(([group, nextOffset]) => ({
        group: String(group),
        nextOffset: Number(nextOffset),
      })),

    foreignVersion: () => numbersOf(db, 'PRAGMA data_version')[0] ?? 0,

    close() {
      db.close();
    },
  };
  return storage;
}

type Row = readonly (string | number | Uint8Array | null)[];

function insertSql(rowCount: number): string {
  const rows = new Array(rowCount).fill('(?, ?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO records (id, appended_at_ms, checksum, key, headers, value) VALUES ${rows}`;
}

function rowOf(id: number, record: NewRecord, appendedAtMs: number): (string | number | Uint8Array)[] {
  const headers = record.headers === undefined ? '{}' : JSON.stringify(record.headers);
  const checksum = checksumOf(id, appendedAtMs, record.key, headers, record.value);
  return [id, appendedAtMs, checksum, record.key, headers, record.value];
}

function recordOf(row: Row, base: number, { topic, partition }: StoredPartition): LogRecord {
  const [id, appendedAtMs, checksum, key, headers, value] = row;
  const offset = Number(id) - base;
  if (
    typeof appendedAtMs !== 'number' ||
    typeof key !== 'string' ||
    typeof headers !== 'string' ||
    !(value instanceof Uint8Array) ||
    checksumOf(Number(id), appendedAtMs, key, headers, value) !== checksum
  ) {
    throw damaged(`record ${offset} of ${topic}, partition ${partition}, does not match its checksum`);
  }
  return {
    topic,
    partition,
    offset,
    key,
    value,
    headers: JSON.parse(headers) as Record<string, string>,
    appendedAtMs,
  };
}

/** CRC-32 over the place, the time, the key, the headers and the bytes: a record that moved or tore does not match. */
function checksumOf(
  id: number,
  appendedAtMs: number,
  key: string,
  headers: string,
  value: Uint8Array,
): number {
  const first = crc32(`${id}\n${appendedAtMs}\n${key}\n${headers}\n`);
  // An empty view may have no memory at all, for which zlib starts over instead of going on.
  return value.byteLength === 0 ? first : crc32(value, first);
}

function numbersOf(db: Database.Database, sql: string, ...values: string[]): number[] {
  const statement = db.prepare(sql);
  statement.raw(true);
  return (statement.all(...values) as Row[]).map((row) => Number(row[0]));
}

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError(
    'log.unreadable',
    `${path} should be an event log of Smart Store, but it could not be opened: ${found}.`,
    'Check the path and its permissions, or move the file away and start again with an empty log.',
    { cause },
  );
}

function missing({ topic, partition }: StoredPartition, before: number): UserError {
  return damaged(`records before ${before} of ${topic}, partition ${partition}, are missing`);
}

function damaged(found: string): UserError {
  return new UserError(
    'log.damaged',
    `The event log is damaged: ${found}.`,
    'Check the disk, then restore the log from a backup; nothing after this place is delivered until then.',
  );
}

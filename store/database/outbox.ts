import { context } from '@opentelemetry/api';
import { decode, eventRecord } from '../../ingest/events/codec.ts';
import type { AnyEvent } from '../../ingest/events/registry.ts';
import type { EventLog, NewRecord } from '../../ingest/log/event-log.ts';
import { countWritten } from '../../ingest/events/written.ts';
import { missingRecords } from '../../ingest/log/missing-records.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { carryTrace } from '../../runtime/telemetry-trace.ts';
import type { Database, Queries, Row } from './database.ts';
import { bytesColumn, integerColumn, textColumn } from './row.ts';

export interface OutboxRelay {
  /** Brings everything that waits to the event log now; rejects when the log refuses. */
  flush(): Promise<void>;
  /** Waits for the batch in hand. What is left waits for the next start. */
  close(): Promise<void>;
}

const BATCH = 200;
/** How often to look for events that this or another process has written, milliseconds. */
const POLL_MS = 200;
/** Relayed events stay so long, for the eyes of a person. */
const KEEP_DAYS = 7;

/**
 * Writes events beside the state that they tell of; call it with the queries of that state's transaction.
 * @throws TypeError when an event breaks its contract
 */
export async function writeToOutbox(queries: Queries, events: readonly AnyEvent[]): Promise<void> {
  for (const event of events) {
    const { topic, key, value, headers } = eventRecord(event);
    const carried = carryTrace(headers, context.active());
    await queries.run('INSERT INTO outbox (topic, record_key, headers, value) VALUES (?, ?, ?, ?)', [
      topic,
      key,
      JSON.stringify(carried ?? {}),
      value,
    ]);
  }
}

/**
 * Brings events from the outbox to the event log, in the order in which they were written, each once. It notes that it
 * tries before it appends, and that it is done after the log has answered; events that were tried and not answered
 * (a relay that died, a log that failed) are looked up in the log before they are tried again.
 */
export function startOutboxRelay(options: {
  readonly database: Database;
  readonly log: Pick<EventLog, 'append' | 'consume' | 'lag'>;
  readonly logger: Logger;
  /** Called between the steps of a batch; tests end the process here. */
  readonly onStep?: (step: RelayStep) => void;
}): OutboxRelay {
  const { database, log, logger, onStep = () => undefined } = options;
  let closed = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const relayAll = async (): Promise<void> => {
    while (!closed) {
      const rows = await database.all(
        `SELECT sequence, topic, record_key, headers, value, tried_at FROM outbox
         WHERE relayed_at IS NULL ORDER BY sequence LIMIT ?`,
        [BATCH],
      );
      if (rows.length === 0) return;
      onStep('read');
      const records = await notYetAppended(rows);
      await markTried(database, rows);
      onStep('tried');
      await log.append(records);
      countWritten(records.flatMap(typeOf));
      onStep('appended');
      await markRelayed(database, rows);
      onStep('marked');
    }
  };
  const notYetAppended = async (rows: readonly Row[]): Promise<readonly NewRecord[]> => {
    const doubtful = rows.filter((row) => row['tried_at'] !== null);
    const untried = rows.filter((row) => row['tried_at'] === null).map(toRecord);
    if (doubtful.length === 0) return untried;
    const sinceMs = Math.min(...doubtful.map((row) => Date.parse(textColumn(row, 'tried_at'))));
    return [...(await missingRecords(log, doubtful.map(toRecord), sinceMs)), ...untried];
  };
  const turn = (): Promise<void> => {
    running = running.catch(() => undefined).then(relayAll);
    return running;
  };
  const poll = async (): Promise<void> => {
    try {
      await turn();
      if (failing) logger.info('the event log takes events from the outbox again');
      failing = false;
    } catch (error) {
      if (!failing)
        logger.warn({ reason: messageOf(error) }, 'the event log refuses; events wait in the outbox');
      failing = true;
    }
    if (!closed) timer = setTimeout(() => void poll(), failing ? POLL_MS * 5 : POLL_MS);
  };
  void poll();
  return {
    flush: turn,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running.catch(() => undefined);
    },
  };
}

/** How many events wait for the event log. */
export async function countPending(database: Pick<Database, 'all'>): Promise<number> {
  const [row] = await database.all('SELECT count(*) AS pending FROM outbox WHERE relayed_at IS NULL', []);
  return row === undefined ? 0 : integerColumn(row, 'pending');
}

export type RelayStep = 'read' | 'tried' | 'appended' | 'marked';

async function markTried(database: Database, rows: readonly Row[]): Promise<void> {
  const now = new Date().toISOString();
  await database.transaction(async (queries) => {
    for (const row of rows) {
      await queries.run('UPDATE outbox SET tried_at = ? WHERE sequence = ? AND tried_at IS NULL', [
        now,
        integerColumn(row, 'sequence'),
      ]);
    }
  });
}

async function markRelayed(database: Database, rows: readonly Row[]): Promise<void> {
  const now = new Date();
  const oldest = new Date(now.getTime() - KEEP_DAYS * 86_400_000);
  await database.transaction(async (queries) => {
    for (const row of rows) {
      await queries.run('UPDATE outbox SET relayed_at = ? WHERE sequence = ?', [
        now.toISOString(),
        integerColumn(row, 'sequence'),
      ]);
    }
    await queries.run('DELETE FROM outbox WHERE relayed_at < ?', [oldest.toISOString()]);
  });
}

function typeOf({ value }: NewRecord): AnyEvent['type'][] {
  const decoded = decode(value);
  return decoded.ok ? [decoded.event.type] : [];
}

function toRecord(row: Row): NewRecord {
  return {
    topic: textColumn(row, 'topic'),
    key: textColumn(row, 'record_key'),
    value: bytesColumn(row, 'value'),
    headers: toHeaders(JSON.parse(textColumn(row, 'headers'))),
  };
}

function toHeaders(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) throw new TypeError('expected headers in the outbox');
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from '../../runtime/logger.ts';
import { describeClickHouseError, refusesRows } from '../clickhouse/error-kinds.ts';
import { deadLetterRecord } from '../dead-letters/dead-letter.ts';
import { decode } from '../events/codec.ts';
import type { Fate } from '../fate.ts';
import type { Batch, EventLog, LogRecord } from '../log/event-log.ts';
import { insertEvents } from './events-insert.ts';
import { eventsRow, type EventsRow } from './events-table.ts';
import type { FaultPoint } from './fault-point.ts';
import { deduplicationToken, intentNote } from './intent.ts';
import type { SinkCounters } from './sink-metrics.ts';

export interface BatchWriterDeps {
  readonly log: EventLog;
  readonly client: ClickHouseClient;
  readonly logger: Logger;
  readonly counters: SinkCounters;
  /** Aborted when the sink closes: waiting for ClickHouse ends, the batch stays for the next start. */
  readonly stopping: AbortSignal;
  readonly onFate?: ((record: LogRecord, fate: Fate) => void) | undefined;
  readonly at?: FaultPoint | undefined;
}

/** Thrown inside when the sink closes while ClickHouse does not answer. */
export class StoppedWhileWaiting extends Error {
  override readonly name = 'StoppedWhileWaiting';
}

const BACK_OFF_MS = { first: 100, most: 5_000 };

interface Sorted {
  readonly rows: readonly EventsRow[];
  readonly stored: readonly LogRecord[];
  readonly rejected: readonly Rejection[];
}

interface Rejection {
  readonly record: LogRecord;
  readonly reason: string;
}

/**
 * Stores one batch exactly once. Offset and intent first, rows under a token second, offset behind the batch last: killed
 * anywhere, the next start finds the intent, builds the same batch and sends it under the same token.
 *
 * @returns a function that stores consecutive records of one partition
 */
export function createBatchWriter(
  deps: BatchWriterDeps,
): (batch: Batch, records: readonly LogRecord[]) => Promise<void> {
  const { log, client, logger, counters, stopping, onFate, at } = deps;

  /**
   * Rows that ClickHouse refuses are found by halving. Each half is a batch of its own with its own intent, token and
   * commit: what was stored of it before a crash is behind the offset and never part of a larger batch again. A refused
   * insert has written nothing, because a batch is one block, which is parsed before it is written.
   */
  async function store(batch: Batch, records: readonly LogRecord[]): Promise<void> {
    const last = records.at(-1)!.offset;
    await at?.('before-intent');
    await batch.commit(records[0]!.offset, intentNote({ through: last }));
    await at?.('after-intent');

    const sorted = sortOut(records);
    const refusal =
      sorted.rows.length > 0 ? await insert(sorted.rows, deduplicationToken(records)) : undefined;
    if (refusal !== undefined && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      await store(batch, records.slice(0, middle));
      await store(batch, records.slice(middle));
      return;
    }
    await at?.('after-insert');
    const { stored, rejected } =
      refusal === undefined
        ? sorted
        : { stored: [], rejected: records.map((record) => ({ record, reason: refusal })) };
    if (rejected.length > 0) await deadLetter(rejected);
    await batch.commit(last + 1);
    counters.stored(stored.length);
    if (onFate) for (const record of stored) onFate(record, { kind: 'ok' });
    await at?.('after-commit');
  }

  /** @returns why ClickHouse will never take these rows; undefined when it has them */
  async function insert(rows: readonly EventsRow[], token: string): Promise<string | undefined> {
    for (let waitMs = BACK_OFF_MS.first; ; waitMs = Math.min(waitMs * 2, BACK_OFF_MS.most)) {
      try {
        await Promise.all([insertEvents(client, rows, token), at?.('inserting')]);
        return undefined;
      } catch (error) {
        const reason = describeClickHouseError(error);
        if (refusesRows(error)) return reason;
        counters.failed(reason);
        logger.warn(
          { reason, rows: rows.length, nextTryMs: waitMs },
          'ClickHouse did not take a batch; it waits',
        );
        await sleep(waitMs, undefined, { signal: stopping }).catch(() => undefined);
        if (stopping.aborted) throw new StoppedWhileWaiting();
      }
    }
  }

  async function deadLetter(rejected: readonly Rejection[]): Promise<void> {
    await at?.('before-dead-letter');
    await log.append(rejected.map(({ record, reason }) => deadLetterRecord(record, reason)));
    await at?.('after-dead-letter');
    counters.deadLettered(rejected.length);
    for (const { record, reason } of rejected) {
      const { topic, partition, offset } = record;
      logger.warn({ topic, partition, offset, reason }, 'a record went to the dead letters');
      onFate?.(record, { kind: 'deadLetter', reason });
    }
  }

  return store;
}

function sortOut(records: readonly LogRecord[]): Sorted {
  const rows: EventsRow[] = [];
  const stored: LogRecord[] = [];
  const rejected: Rejection[] = [];
  for (const record of records) {
    const decoded = decode(record.value);
    if (decoded.ok) {
      // As it was written: what the table keeps does not depend on the release that stored it.
      rows.push(eventsRow(decoded.written, record));
      stored.push(record);
    } else {
      rejected.push({ record, reason: decoded.reason });
    }
  }
  return { rows, stored, rejected };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from '../../runtime/logger.ts';
import { describeClickHouseError, refusesRows } from '../clickhouse/error-kinds.ts';
import { deadLetterRecord } from '../dead-letters/dead-letter.ts';
import { decode, type Codec } from '../events/codec.ts';
import type { Fate } from '../fate.ts';
import type { Batch, EventLog, LogRecord } from '../log/event-log.ts';
import { insertEvents } from './events-insert.ts';
import type { FaultPoint } from './fault-point.ts';
import { LONGEST_NOTE } from './intent.ts';
import type { Cut } from './partition-batches.ts';
import { createBatchPreparation, type PreparedBatch, type Rejection } from './prepared-batch.ts';
import type { SinkCounters } from './sink-metrics.ts';

export interface BatchWriterDeps {
  readonly log: EventLog;
  readonly client: ClickHouseClient;
  readonly logger: Logger;
  readonly decode?: Codec['decode'] | undefined;
  readonly counters: SinkCounters;
  /** Aborted when the sink closes: waiting for ClickHouse ends, the batch stays for the next start. */
  readonly stopping: AbortSignal;
  readonly onFate?: ((record: LogRecord, fate: Fate) => void) | undefined;
  readonly at?: FaultPoint | undefined;
  readonly intentHoldsMs?: number | undefined;
}

/** Thrown inside when the sink closes while ClickHouse does not answer. */
export class StoppedWhileWaiting extends Error {
  override readonly name = 'StoppedWhileWaiting';
}

/** A batch whose intent is committed, and since when. */
interface Announced extends PreparedBatch {
  readonly announcedAt: Instant;
}

const BACK_OFF_MS = { first: 100, most: 5_000 };
/**
 * An intent that is older is committed again before the insert: who slept and lost the partition meanwhile is told so
 * instead of inserting. README.md says how long a token is remembered and why that is enough.
 */
const INTENT_HOLDS_MS = 10_000;

/**
 * Stores batches of one partition exactly once. Offset and intent first, rows under a token second, offset behind the
 * batch last: killed anywhere, the next start finds the intent, builds the same batch and sends it under the same token.
 * Where another batch follows, its intent is the commit of the one before.
 *
 * @returns a function that stores consecutive cuts of a batch, in order; it throws `PartitionLost` when the partition has
 *   moved to another consumer, which then stores the batch that was announced
 */
export function createBatchWriter(
  deps: BatchWriterDeps,
): (batch: Batch, cuts: readonly Cut[]) => Promise<void> {
  const { log, client, logger, counters, stopping, onFate, at, intentHoldsMs = INTENT_HOLDS_MS } = deps;
  const prepare = createBatchPreparation(deps.decode ?? decode);

  /**
   * Rows that ClickHouse refuses are found by halving. Each half is a batch of its own with its own intent, token and
   * commit: what was stored of it before a crash is behind the offset and never part of a larger batch again. A refused
   * insert has written nothing, because a batch is one block, which is checked before it is written.
   */
  async function store(batch: Batch, cuts: readonly Cut[]): Promise<void> {
    let todo = cuts;
    const takeNext = async (): Promise<PreparedBatch | undefined> => {
      for (;;) {
        const [first, ...rest] = todo;
        todo = rest;
        if (first === undefined) return undefined;
        const prepared = await prepare(first);
        if (prepared.note.length <= LONGEST_NOTE || first.records.length === 1) return prepared;
        todo = [...halvesOf(first), ...rest];
      }
    };

    const first = await takeNext();
    let current = first && (await announce(batch, first));
    while (current !== undefined) {
      // While ClickHouse takes this batch, the next one is read, checked and encoded.
      const [refusal, next] = await Promise.all([insert(batch, current), takeNext()]);
      if (refusal !== undefined && current.records.length > 1) {
        const [front, back] = halvesOf(current);
        todo = [back, ...(next === undefined ? [] : [cutOf(next)]), ...todo];
        current = await announce(batch, await prepare(front));
        continue;
      }
      await at?.('after-insert');
      current = await settle(batch, current, refusal, next);
    }
  }

  async function announce(batch: Batch, prepared: PreparedBatch): Promise<Announced> {
    await at?.('before-intent');
    const announcedAt = now();
    await batch.commit(prepared.records[0]!.offset, prepared.note);
    await at?.('after-intent');
    return { ...prepared, announcedAt };
  }

  /** Makes the fate of a batch durable and moves on: the intent of the next batch is the commit of this one. */
  async function settle(
    batch: Batch,
    current: PreparedBatch,
    refusal: string | undefined,
    next: PreparedBatch | undefined,
  ): Promise<Announced | undefined> {
    const { records, body } = current;
    const stored = refusal === undefined ? current.stored : [];
    const rejected =
      refusal === undefined
        ? current.rejected
        : [...current.rejected, ...current.stored.map((record) => ({ record, reason: refusal }))];
    if (rejected.length > 0) await deadLetter(rejected);
    const announced = next && (await announce(batch, next));
    if (announced === undefined) await batch.commit(records.at(-1)!.offset + 1);
    counters.stored(stored.length, body?.byteLength ?? 0);
    if (onFate) for (const record of stored) onFate(record, { kind: 'ok' });
    await at?.('after-commit');
    return announced;
  }

  /** @returns why ClickHouse will never take these rows; undefined when it has them */
  async function insert(batch: Batch, announced: Announced): Promise<string | undefined> {
    const { records, body, note, token, stored } = announced;
    if (body === null) return undefined;
    let { announcedAt } = announced;
    for (let waitMs = BACK_OFF_MS.first; ; waitMs = Math.min(waitMs * 2, BACK_OFF_MS.most)) {
      if (msSince(announcedAt) > intentHoldsMs) {
        announcedAt = now();
        await batch.commit(records[0]!.offset, note);
      }
      const beganAtMs = performance.now();
      try {
        await Promise.all([insertEvents(client, body, token), at?.('inserting')]);
        counters.inserted(performance.now() - beganAtMs);
        return undefined;
      } catch (error) {
        const reason = describeClickHouseError(error);
        if (refusesRows(error)) return reason;
        counters.failed(reason);
        logger.warn(
          { reason, rows: stored.length, nextTryMs: waitMs },
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

/** Both clocks: one of them stands still while a machine is suspended, the other one can be set back. */
interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

const now = (): Instant => ({ wallMs: Date.now(), monotonicMs: performance.now() });

function msSince({ wallMs, monotonicMs }: Instant): number {
  return Math.max(Date.now() - wallMs, performance.now() - monotonicMs);
}

const cutOf = ({ records }: PreparedBatch): Cut => ({ records, announced: undefined });

function halvesOf({ records }: Pick<Cut, 'records'>): [Cut, Cut] {
  const middle = Math.ceil(records.length / 2);
  return [
    { records: records.slice(0, middle), announced: undefined },
    { records: records.slice(middle), announced: undefined },
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { eventRecord } from '../events/codec.ts';
import type { StoreEvent } from '../events/envelope.ts';
import type { AnyEvent } from '../events/registry.ts';
import { countWritten } from '../events/written.ts';
import type { EventLog, NewRecord } from './event-log.ts';
import { missingRecords } from './missing-records.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { carryTrace } from '../../runtime/telemetry-trace.ts';

/**
 * Appends events in the order in which they happened, each once, and goes on trying while the log can't take them. An
 * append that failed may have been taken all the same: what the log has is looked up before the rest is tried again.
 */
export interface EventWriter {
  write(events: readonly StoreEvent[]): void;
  /** Written events that the log has not acknowledged. */
  readonly waiting: number;
  readonly lastError: string | null;
  /** Waits until everything written is durable, at most so long. @returns how many events were given up */
  close(limitMs: number): Promise<number>;
}

/** An event and the trace that it belongs to: one append takes events of several. */
interface Written {
  readonly event: AnyEvent;
  readonly within: Context;
}

const RETRY_MS = { first: 100, most: 5_000 };

export function createEventWriter(log: EventLog, logger: Logger): EventWriter {
  let queue: Written[] = [];
  let working: Promise<void> | null = null;
  let lastError: string | null = null;
  const stopping = new AbortController();

  async function drain(): Promise<void> {
    let retryMs = RETRY_MS.first;
    let tried: { readonly count: number; readonly sinceMs: number } | null = null;
    while (queue.length > 0 && !stopping.signal.aborted) {
      tried ??= { count: queue.length, sinceMs: Date.now() };
      const isFirstTry = lastError === null;
      const written = queue.slice(0, tried.count);
      const records = written.map(recordOf);
      try {
        await log.append(isFirstTry ? records : await missingRecords(log, records, tried.sinceMs));
        countWritten(written.map(({ event }) => event.type));
        queue = queue.slice(tried.count);
        tried = null;
        lastError = null;
        retryMs = RETRY_MS.first;
      } catch (thrown) {
        lastError = messageOf(thrown);
        logger.error({ waiting: queue.length, reason: lastError, retryMs }, 'the event log takes no events');
        await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, RETRY_MS.most);
      }
    }
    working = null;
  }

  return {
    write(events) {
      if (events.length === 0) return;
      const within = context.active();
      const known = events as readonly AnyEvent[]; // made by createEvent from a contract
      queue = [...queue, ...known.map((event) => ({ event, within }))];
      // It goes on for events of others: it must not run within the trace of the first.
      working ??= context.with(ROOT_CONTEXT, drain);
    },
    get waiting() {
      return queue.length;
    },
    get lastError() {
      return lastError;
    },
    async close(limitMs) {
      const limit = new AbortController();
      await Promise.race([
        working,
        sleep(limitMs, undefined, { signal: limit.signal }).catch(() => undefined),
      ]);
      limit.abort();
      stopping.abort();
      await working;
      return queue.length;
    },
  };
}

function recordOf({ event, within }: Written): NewRecord {
  const record = eventRecord(event);
  const headers = carryTrace(record.headers, within);
  return headers === undefined ? record : { ...record, headers };
}

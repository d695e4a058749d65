import { decode } from '../ingest/events/codec.ts';
import type { StoreEvent } from '../ingest/events/envelope.ts';
import type { Batch, EventLog } from '../ingest/log/event-log.ts';
import type { StoreId } from '../runtime/ids.ts';
import type { LivePort } from '../analytics/api/ports.ts';

export interface LiveEvents extends LivePort {
  /** Rejects when the event log failed. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

const MAX_WAIT_MS = 20;

/**
 * Events of one store as they come out of the event log, for whoever looks at the page now. What was written before this process
 * began is history: the page asks ClickHouse for it.
 */
export async function startLiveEvents(
  log: EventLog,
  topics: readonly string[],
  storeId: StoreId,
): Promise<LiveEvents> {
  const startedAtMs = Date.now();
  const listeners = new Set<(event: StoreEvent, latencyMs: number) => void>();

  const consumer = await log.consume({
    group: `live-page.${storeId}`,
    topics,
    beginAtMs: startedAtMs,
    maxWaitMs: MAX_WAIT_MS,
    async onBatch(batch: Batch) {
      for (const record of batch.records) {
        if (record.appendedAtMs < startedAtMs) continue;
        const decoded = decode(record.value); // what can't be decoded is the sink's to dead-letter
        if (!decoded.ok || decoded.event.storeid !== storeId) continue;
        const latencyMs = Date.now() - Date.parse(decoded.event.time);
        for (const listener of listeners) listener(decoded.event, latencyMs);
      }
      await batch.commit(batch.records.at(-1)!.offset + 1);
    },
  });

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed: consumer.closed,
    close: () => consumer.close(),
  };
}

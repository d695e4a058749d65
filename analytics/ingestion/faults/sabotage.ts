import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { EventLog } from '../../../ingest/log/event-log.ts';
import type { Sabotage } from './messages.ts';

/**
 * Breaks one rule of the protocol on purpose. A suite that has never found anything has proven nothing: its test runs
 * each of these and expects to hear of it.
 */
export function sabotaged(
  sabotage: Sabotage | null,
  log: EventLog,
  client: ClickHouseClient,
): { readonly log: EventLog; readonly client: ClickHouseClient } {
  switch (sabotage) {
    case null:
      return { log, client };
    case 'random-token':
      return { log, client: withRandomTokens(client) };
    case 'no-note':
      return { log: withoutNotes(log), client };
    case 'commit-first':
      return { log: committingFirst(log), client };
  }
}

/** Each insert is another one for ClickHouse, so a repeated batch is stored again. */
function withRandomTokens(client: ClickHouseClient): ClickHouseClient {
  return new Proxy(client, {
    get(target, key) {
      if (key !== 'exec') {
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return (params: Parameters<ClickHouseClient['exec']>[0]) =>
        target.exec({
          ...params,
          clickhouse_settings: { ...params.clickhouse_settings, insert_deduplication_token: randomUUID() },
        });
    },
  });
}

/** Nobody knows how long the batch was that was being inserted, so the next one may be cut otherwise. */
function withoutNotes(log: EventLog): EventLog {
  return {
    ...log,
    consume: (options) =>
      log.consume({
        ...options,
        onBatch: (batch) =>
          options.onBatch({ ...batch, commit: (nextOffset) => batch.commit(nextOffset, '') }),
      }),
  };
}

/** The offset moves behind the batch before the batch is stored: at most once. */
function committingFirst(log: EventLog): EventLog {
  return {
    ...log,
    consume: (options) =>
      log.consume({
        ...options,
        onBatch: (batch) =>
          options.onBatch({
            ...batch,
            commit: (nextOffset, metadata) =>
              metadata === undefined || metadata === ''
                ? batch.commit(nextOffset)
                : batch.commit(batch.records.at(-1)!.offset + 1),
          }),
      }),
  };
}

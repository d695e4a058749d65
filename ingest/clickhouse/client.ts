import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';

export interface ClickHouseAddress {
  /** HTTP address without credentials, e.g. `http://127.0.0.1:8123`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Where the tables are; need not exist yet. */
  readonly database: string;
}

const REQUEST_LIMIT_MS = 60_000;

/**
 * A client for ClickHouse with the settings that this system relies on; the same for the local engine and for a server.
 * Errors are thrown as `ClickHouseError` with ClickHouse's `code`; nothing is logged by the client itself, because its
 * log lines carry queries with their values.
 */
export function connectClickHouse(address: ClickHouseAddress): ClickHouseClient {
  const { url, user = 'default', password = '', database } = address;
  const isRemote = !['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);
  return createClient({
    url,
    username: user,
    password,
    database,
    application: 'smart-store',
    request_timeout: REQUEST_LIMIT_MS,
    // On loopback, compressing costs more than it saves.
    compression: { request: isRemote, response: isRemote },
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      // Asynchronous inserts are on by default since 26.x; killed at the wrong moment they lost acknowledged rows.
      async_insert: 0,
      // Through a Distributed table: answered when the shards have the rows, not when this server means to send them.
      distributed_foreground_insert: 1,
      // An error in the middle of an answer becomes an error, not half an answer.
      wait_end_of_query: 1,
      date_time_input_format: 'best_effort',
      // Times are answered as 2026-11-22T07:46:45.123Z, whatever zone a column or a function has.
      date_time_output_format: 'iso',
      output_format_json_quote_64bit_integers: 0,
    },
  });
}

import type { ClickHouseClient } from '@clickhouse/client';
import { EVENTS_COLUMNS, EVENTS_TABLE, type EventsRow } from './events-table.ts';

/**
 * Inserts rows of the events table under a token. When ClickHouse has taken the same token before, it changes nothing;
 * the views that feed the roll-ups are judged each by itself, so an insert that was cut short between them is completed.
 */
export async function insertEvents(
  client: ClickHouseClient,
  rows: readonly EventsRow[],
  token: string,
): Promise<void> {
  await client.insert({
    table: EVENTS_TABLE,
    columns: [...EVENTS_COLUMNS],
    values: rows,
    format: 'JSONCompactEachRow',
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      // One batch is one block: parsed as a whole before anything is written, cut the same way every time.
      input_format_parallel_parsing: 0,
      max_insert_threads: '1',
      // A batch after a long outage may reach over many months.
      max_partitions_per_insert_block: '0',
    },
  });
}

import { finished } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { tracedStep } from '../../runtime/telemetry-trace.ts';
import { EVENTS_COLUMNS, EVENTS_TABLE } from './events-table.ts';

const INSERT = `INSERT INTO ${EVENTS_TABLE} (${EVENTS_COLUMNS.map((name) => `\`${name}\``).join(', ')}) FORMAT Native`;
const SPAN_ATTRIBUTES = {
  'db.system.name': 'clickhouse',
  'db.operation.name': 'INSERT',
  'db.collection.name': EVENTS_TABLE,
};

/**
 * Inserts one block of events under a token. When ClickHouse has taken the same token before, it changes nothing;
 * the views that feed the roll-ups are judged each by itself, so an insert that was cut short between them is completed.
 */
export function insertEvents(client: ClickHouseClient, body: Buffer, token: string): Promise<void> {
  return tracedStep(`insert ${EVENTS_TABLE}`, SPAN_ATTRIBUTES, () => insertBlock(client, body, token));
}

async function insertBlock(client: ClickHouseClient, body: Buffer, token: string): Promise<void> {
  const { stream } = await client.exec({
    query: INSERT,
    values: Readable.from([body], { objectMode: false }),
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      max_insert_threads: '1',
      // A batch after a long outage may reach over many months.
      max_partitions_per_insert_block: '0',
    },
  });
  await finished(stream.resume());
}

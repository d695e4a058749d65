import type { ClickHouseClient } from '@clickhouse/client';
import { UserError } from '../../runtime/errors.ts';

/** Every table that ages, and the column that it ages by. */
const AGED_BY = {
  events: 'time',
  visits: 'last_event_at',
  visits_quarter_hourly: 'quarter_hour',
  camera_events: 'time',
} as const;

/**
 * Sets how long ClickHouse keeps events and their roll-ups; rows past it are removed when parts are merged. A table that
 * keeps its rows so long already is left alone, so it may be called at every start.
 * @param eventDays `retention.eventDays` of the configuration
 * @returns the tables that were changed
 */
export async function applyRetention(
  client: ClickHouseClient,
  eventDays: number,
): Promise<readonly string[]> {
  if (!Number.isSafeInteger(eventDays) || eventDays < 1) {
    throw new UserError(
      'retention.days',
      `retention.eventDays should be a whole number of days, 1 or more; found ${eventDays}.`,
      'Change it in the configuration.',
    );
  }
  const changed: string[] = [];
  for (const [table, column] of Object.entries(AGED_BY)) {
    const ttl = `toDateTime(${column}) + toIntervalDay(${eventDays})`;
    if ((await engineOf(client, table)).includes(`TTL ${ttl}`)) continue;
    // A definition takes no bound values; the number was checked above and the names are ours.
    await client.command({ query: `ALTER TABLE ${table} MODIFY TTL ${ttl}` });
    changed.push(table);
  }
  return changed;
}

async function engineOf(client: ClickHouseClient, table: string): Promise<string> {
  const answer = await client.query({
    query:
      'SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    query_params: { table },
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ engine_full: string }>();
  if (row === undefined) throw new Error(`ClickHouse has no table ${table}: apply the migrations first.`);
  return row.engine_full;
}

import type { ClickHouseClient } from '@clickhouse/client';
import { UserError } from '../../runtime/errors.ts';
import { localName } from '../migrations/cluster.ts';

/** `retention` of the configuration: days that ClickHouse keeps the events of a class and what was made of them. */
export interface Retention {
  /** Events of no other class: visits, and all that a later release adds. */
  readonly eventDays: number;
  /** What became of cameras; without it as long as the visits, whose "no data" it explains. */
  readonly operationsDays?: number;
  /** Enrolments and consents. */
  readonly membershipDays?: number;
}

type Key = keyof Retention;

/** Topics whose events are of another class than `eventDays`. */
const CLASSES = {
  'store.operations.v1': 'operationsDays',
  'store.membership.v1': 'membershipDays',
} as const satisfies Record<string, Key>;

/** Every roll-up that ages, the column that it ages by, and the class of the events that it is made of. */
const ROLL_UPS = {
  visits: { column: 'last_event_at', days: 'eventDays' },
  visits_quarter_hourly: { column: 'quarter_hour', days: 'eventDays' },
  floor_events: { column: 'time', days: 'eventDays' },
  floor_heat: { column: 'quarter_hour', days: 'eventDays' },
  camera_events: { column: 'time', days: 'operationsDays' },
} as const satisfies Record<string, { column: string; days: Key }>;

/**
 * Sets how long ClickHouse keeps events and their roll-ups; rows past it are removed when parts are merged. A table that
 * keeps its rows so long already is left alone, so it may be called at every start.
 * @param cluster `analytics.cluster` of the configuration
 * @returns the tables that were changed
 */
export async function applyRetention(
  client: ClickHouseClient,
  retention: Retention,
  cluster?: string,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { table, ttl } of await planRetention(client, retention, cluster)) {
    const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${cluster}`;
    // A definition takes no bound values; the numbers were checked and the names are ours.
    await client.command({ query: `ALTER TABLE ${table}${onCluster} MODIFY TTL ${ttl}` });
    changed.push(table);
  }
  return changed;
}

/** What {@link applyRetention} would change; changes nothing. */
export async function planRetention(
  client: ClickHouseClient,
  retention: Retention,
  cluster?: string,
): Promise<readonly { readonly table: string; readonly ttl: string }[]> {
  const wanted = Object.entries(timesToLive(retention)).map(([table, ttl]) => ({
    table: cluster === undefined ? table : localName(table),
    ttl,
  }));
  const pending = [];
  for (const { table, ttl } of wanted) {
    if (!(await engineOf(client, table)).includes(`TTL ${ttl} SETTINGS`)) pending.push({ table, ttl });
  }
  return pending;
}

/** Each table's rule, in the words in which ClickHouse repeats it. */
function timesToLive(retention: Retention): Record<string, string> {
  const days = (key: Key): number => checked(key, retention[key] ?? retention.eventDays);
  const after = (column: string, key: Key): string => `toDateTime(${column}) + toIntervalDay(${days(key)})`;
  const others = Object.entries(CLASSES);
  const named = others.map(([topic, key]) => `${after('time', key)} WHERE topic = '${topic}'`);
  const rest = `${after('time', 'eventDays')} WHERE topic NOT IN (${others.map(([topic]) => `'${topic}'`).join(', ')})`;
  return {
    events: [rest, ...named].join(', '),
    ...Object.fromEntries(
      Object.entries(ROLL_UPS).map(([table, { column, days: key }]) => [table, after(column, key)]),
    ),
  };
}

function checked(key: Key, days: number): number {
  if (Number.isSafeInteger(days) && days >= 1) return days;
  throw new UserError(
    'retention.days',
    `retention.${key} should be a whole number of days, 1 or more; found ${days}.`,
    'Change it in the configuration.',
  );
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

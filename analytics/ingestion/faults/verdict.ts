import { setTimeout as sleep } from 'node:timers/promises';
import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import type { AnyEvent } from '../../../ingest/events/registry.ts';
import type { PartitionLag } from '../../../ingest/log/event-log.ts';
import { expectedRollUps, type RollUps } from './roll-ups.ts';

/** What a run left behind, compared with what the log had acknowledged to the producer. */
export interface Verdict {
  /** Rows in the raw table. */
  readonly events: number;
  /** Acknowledged events that are not in the raw table, or records of the log that are nowhere. */
  readonly lost: number;
  /** Rows too many: an event or a place of the log that the raw table has twice. */
  readonly doubled: number;
  /** Rows that nobody appended. */
  readonly unknown: number;
  /** Roll-ups that differ from the raw table or from the truth. */
  readonly rollUpsWrong: readonly string[];
  /** Partitions whose committed offset is not their end. */
  readonly offsetsWrong: readonly string[];
  readonly deadLettersWrong: string | null;
}

export interface Evidence {
  readonly client: ClickHouseClient;
  /** Everything that a producer tried to append. */
  readonly attempted: ReadonlyMap<string, AnyEvent>;
  readonly acknowledged: ReadonlySet<string>;
  readonly lines: readonly PartitionLag[];
  /** Origins of the records that can't be stored, each appended once, as `topic/partition/offset`. */
  readonly poison: readonly string[];
  /** The same of the dead letters that were found; null when the run did not look. */
  readonly deadLetters: readonly string[] | null;
}

interface Row {
  readonly event_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const ATTEMPTS = 5;
const AGAIN_MS = 200;

export async function judge(evidence: Evidence): Promise<Verdict> {
  const { client, attempted, acknowledged, lines, poison, deadLetters } = evidence;
  const rows = await ask<Row>(client, 'SELECT event_id, topic, partition, offset FROM events');
  const ids = new Set(rows.map(({ event_id }) => event_id));
  const places = new Set(rows.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`));

  const carried = lines.filter(({ topic }) => topic !== 'store.dead-letters.v1');
  const appended = carried.reduce((sum, { endOffset }) => sum + endOffset, 0);
  const lostEvents = [...acknowledged].filter((id) => !ids.has(id)).length;
  const lostRecords = Math.max(0, appended - poison.length - places.size);
  const present = [...ids].flatMap((id) => attempted.get(id) ?? []);

  return {
    events: rows.length,
    lost: Math.max(lostEvents, lostRecords),
    doubled: rows.length - Math.min(ids.size, places.size),
    unknown: [...ids].filter((id) => !attempted.has(id)).length,
    rollUpsWrong: await wrongRollUps(client, present),
    offsetsWrong: carried
      .filter(({ committedOffset, endOffset }) => committedOffset !== endOffset)
      .map(({ topic, partition, committedOffset, endOffset }) => {
        return `${topic}/${partition}: committed ${committedOffset}, end ${endOffset}`;
      }),
    deadLettersWrong:
      deadLetters === null || sameSet(poison, deadLetters)
        ? null
        : `expected ${poison.join(', ') || 'none'}; found ${deadLetters.join(', ') || 'none'}`,
  };
}

export const isRight = (verdict: Verdict): boolean =>
  verdict.lost + verdict.doubled + verdict.unknown === 0 &&
  verdict.rollUpsWrong.length + verdict.offsetsWrong.length === 0 &&
  verdict.deadLettersWrong === null;

/** What a roll-up holds, and what its own view makes of the raw table now. */
const QUESTIONS: { readonly [Name in keyof RollUps]: (from: string) => string } = {
  visits: (from) =>
    `SELECT visit_id, min(started_at) AS startedAt, min(identified_at) AS identifiedAt, max(ended_at) AS endedAt,
       max(in_lane) AS inLane, max(last_event_at) AS lastEventAt
     FROM ${from} GROUP BY visit_id ORDER BY toString(visit_id)`,
  visits_quarter_hourly: (from) =>
    `SELECT quarter_hour AS quarterHour, toBool(simulated) AS isSimulated, sum(events) AS events, uniqExactMerge(started) AS started,
       uniqExactMerge(in_lane) AS inLane, uniqExactMerge(identified) AS identified, max(last_seen_at) AS lastSeenAt
     FROM ${from} GROUP BY quarter_hour, simulated ORDER BY quarter_hour, simulated`,
  camera_events: (from) =>
    `SELECT event_id AS eventId, toString(state) AS state, time FROM ${from} ORDER BY toString(event_id), time`,
  floor_events: (from) =>
    `SELECT event_id AS eventId, visit_id AS visitId, toString(type) AS type, toString(place) AS place, time, seconds, people, served,
       simulated AS isSimulated
     FROM ${from} ORDER BY toString(eventId), time`,
  floor_heat: (from) =>
    `SELECT visit_id AS visitId, quarter_hour AS quarterHour, cell_across AS across, cell_down AS down, toBool(simulated) AS isSimulated,
       groupBitmapMerge(seconds) AS seconds
     FROM ${from} GROUP BY visit_id, quarter_hour, cell_across, cell_down, simulated
     ORDER BY toString(visit_id), quarter_hour, cell_across, cell_down`,
};

async function wrongRollUps(
  client: ClickHouseClient,
  present: readonly AnyEvent[],
): Promise<readonly string[]> {
  const views = await ask<{ name: string; as_select: string }>(
    client,
    `SELECT name, as_select FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'`,
  );
  const truth = expectedRollUps(present);
  const wrong: string[] = [];
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const view = views.find((each) => each.name === `${name}_from_events`);
    if (view === undefined) throw new Error(`There is no view that feeds ${name}.`);
    const stored = await ask(client, question(name));
    const recomputed = await ask(client, question(`(${view.as_select})`));
    const expected = truth[name as keyof RollUps]; // the keys of QUESTIONS are those of RollUps
    for (const [what, rows] of [
      ['the raw table', recomputed],
      ['the truth', expected],
    ] as const) {
      const difference = firstDifference(stored, rows);
      if (difference !== null) wrong.push(`${name} differs from ${what}: ${difference}`);
    }
  }
  return wrong;
}

function firstDifference(found: readonly unknown[], expected: readonly unknown[]): string | null {
  for (let index = 0; index < Math.max(found.length, expected.length); index += 1) {
    const one = JSON.stringify(found[index] ?? 'no row');
    const other = JSON.stringify(expected[index] ?? 'no row');
    if (one !== other) return `row ${index} is ${one}, expected ${other}`;
  }
  return null;
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}

/** A connection that was kept open may have been closed by the server at this moment; a question is asked again. */
async function ask<Answer>(client: ClickHouseClient, query: string): Promise<Answer[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await client.query({ query, format: 'JSONEachRow' })).json<Answer>();
    } catch (error) {
      if (error instanceof ClickHouseError || attempt === ATTEMPTS) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

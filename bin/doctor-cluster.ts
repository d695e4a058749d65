import type { ClickHouseClient } from '@clickhouse/client';
import { planMigrations } from '../analytics/migrations/migrate.ts';
import type { Deployment } from '../config/schema.ts';
import { connectClickHouse } from '../ingest/clickhouse/client.ts';
import { kafkaConnection } from '../ingest/kafka/connection.ts';
import { planTopics } from '../ingest/kafka/topics.ts';
import { openKafkaLog } from '../ingest/log/kafka.ts';
import { TOPICS } from '../ingest/topics.ts';
import { createLogger } from '../runtime/logger.ts';
import { clickHouseServer, explainClickHouse } from './analytics.ts';
import { lagOfSink } from './event-log.ts';
import { problem, type Finding } from './finding.ts';

/** What a worker stores in a few seconds; more means that none works, or that it can't keep up. */
const LARGE_LAG = 100_000;
/** Numbers of a day are put together from the clocks of several machines. */
const CLOCK_LIMIT_MS = 2_000;

/** The servers of the cluster profile: brokers, topics, lag, ClickHouse, migrations, clocks. */
export async function checkServers(deployment: Deployment): Promise<Finding[]> {
  return [...(await checkKafka(deployment)), ...(await checkClickHouse(deployment))];
}

async function checkKafka({ kafka }: Deployment): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const connection = kafkaConnection(kafka, process.env);
    const log = await openKafkaLog({ connection, logger: createLogger('doctor', 'silent') });
    try {
      findings.push({ area: 'Kafka', status: 'ok', message: `${kafka.brokers.join(', ')} answers` });
      const plan = await planTopics(connection, TOPICS, { replicationFactor: kafka.replicationFactor });
      findings.push(topicsFinding(plan.changes.map(({ topic, words }) => `${topic}: ${words}`)));
      if (findings.every(({ status }) => status === 'ok')) {
        findings.push(lagFinding(await lagOfSink(log)));
      }
    } finally {
      await log.close();
    }
  } catch (thrown) {
    findings.push(problem('Kafka', thrown));
  }
  return findings;
}

function topicsFinding(changes: readonly string[]): Finding {
  if (changes.length === 0) return { area: 'topics', status: 'ok', message: 'are as ingest/topics.ts says' };
  return {
    area: 'topics',
    status: 'problem',
    message: changes.join('; '),
    next: 'See it with "smart-store topics plan", then run "smart-store topics apply".',
  };
}

function lagFinding(lag: number): Finding {
  const message = `${lag} events wait for ClickHouse`;
  if (lag < LARGE_LAG) return { area: 'lag of the sink', status: 'ok', message };
  return {
    area: 'lag of the sink',
    status: 'advice',
    message,
    next: 'If nothing is starting up just now, start more workers: smart-store sink.',
  };
}

async function checkClickHouse({ analytics }: Deployment): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const address = clickHouseServer(analytics);
    const client = connectClickHouse({ ...address, database: 'default' });
    try {
      findings.push(await clockFinding(client, analytics.url));
      const { applied, pending } = await planMigrations(address, { allowNewer: true });
      findings.push(migrationsFinding(applied.length, pending));
    } catch (thrown) {
      throw explainClickHouse(thrown, address);
    } finally {
      await client.close();
    }
  } catch (thrown) {
    findings.push(problem('ClickHouse', thrown));
  }
  return findings;
}

/** Half of the way there and back is taken off, as NTP does. */
async function clockFinding(client: ClickHouseClient, url: string): Promise<Finding> {
  const askedAtMs = Date.now();
  const answer = await client.query({
    query: `SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now`,
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ version: string; now: number }>();
  if (row === undefined) throw new Error('ClickHouse answered nothing');
  const answeredAtMs = Date.now();
  const apartMs = Math.round(Math.abs(row.now - (askedAtMs + answeredAtMs) / 2));
  const message = `${row.version} at ${url}, clocks ${apartMs} ms apart`;
  if (apartMs <= CLOCK_LIMIT_MS) return { area: 'ClickHouse', status: 'ok', message };
  return {
    area: 'ClickHouse',
    status: 'problem',
    message,
    next: 'Set both clocks by NTP (chrony or systemd-timesyncd): numbers of a day come from several machines.',
  };
}

function migrationsFinding(applied: number, pending: readonly string[]): Finding {
  if (pending.length === 0)
    return { area: 'migrations', status: 'ok', message: `all ${applied} are applied` };
  return {
    area: 'migrations',
    status: 'advice',
    message: `not applied: ${pending.join(', ')}`,
    next: 'Run "smart-store migrate apply"; the next start does it too where the user has the right.',
  };
}

import { randomBytes } from 'node:crypto';
import { connectClickHouse } from '../../../ingest/clickhouse/client.ts';
import { createKafkaClient } from '../../../ingest/kafka/connection.ts';
import { applyTopics } from '../../../ingest/kafka/topics.ts';
import { SINK_GROUP } from '../../../ingest/sinks/clickhouse-sink.ts';
import type { Logger } from '../../../runtime/logger.ts';
import { applyMigrations } from '../../migrations/migrate.ts';
import { scopedTopics } from './scoped-log.ts';
import { openSceneLog, type LogPlace } from './scene.ts';
import type { Servers } from './servers.ts';

/** A place for one run: topics, a group and tables of its own, all empty. */
export interface Stage {
  readonly log: LogPlace;
  readonly database: string;
  readonly topics: readonly string[];
  readonly group: string;
}

export interface Stages {
  build(): Promise<Stage>;
  /** Empties it after a run that was right, for another run; after another one nothing of it is used again. */
  strike(stage: Stage, wasRight: boolean): Promise<void>;
}

/** Short, so that a dead worker is noticed soon; long against what a busy machine makes a living one wait. */
const SESSION_TIMEOUT_MS = 2_500;

const TABLES = ['events', 'visits', 'visits_quarter_hourly', 'camera_events', 'floor_events', 'floor_heat'];

export function createStages(servers: Servers, logger: Logger): Stages {
  const { kafka, clickHouse } = servers;
  const connection = { brokers: kafka?.brokers ?? [], clientId: 'smart-store-faults' };
  // Brokers may have topics of other suites.
  const suite = `faults-${randomBytes(4).toString('hex')}`;
  const emptied: string[] = [];
  let built = 0;

  /** Making the tables costs ClickHouse as much as the rest of a run does. */
  async function tables(): Promise<string> {
    const again = emptied.pop();
    if (again !== undefined) return again;
    const database = `${suite.replace('-', '_')}_${built}`;
    await applyMigrations({ url: clickHouse.url, database });
    return database;
  }

  return {
    async build() {
      built += 1;
      const scope = `${suite}-${built}`;
      const database = await tables();
      const topics = scopedTopics(scope);
      if (kafka === null) {
        const log = { kind: 'embedded', path: `${servers.folder}/${scope}.db` } as const;
        // Guests come before the worker does, and find a log.
        await (await openSceneLog(log, 'owner', logger)).close();
        return { log, database, topics: [], group: SINK_GROUP };
      }
      await applyTopics(connection, topics, { replicationFactor: kafka.nodes.length, logger });
      return {
        log: { kind: 'kafka', brokers: kafka.brokers, scope, sessionTimeoutMs: SESSION_TIMEOUT_MS },
        database,
        topics: topics.map(({ name }) => name),
        group: `${scope}.${SINK_GROUP}`,
      };
    },
    async strike({ database, topics }, wasRight) {
      const client = connectClickHouse({ url: clickHouse.url, database });
      try {
        if (wasRight) {
          for (const table of TABLES) await client.command({ query: `TRUNCATE TABLE ${table}` });
          emptied.push(database);
        } else {
          await client.command({ query: `DROP DATABASE ${database}` });
        }
      } finally {
        await client.close();
      }
      if (topics.length === 0) return;
      const admin = createKafkaClient(connection, logger).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [...topics] }).finally(() => admin.disconnect());
    },
  };
}

import type { ClickHouseClient } from '@clickhouse/client';
import { applyMigrations } from '../analytics/migrations/migrate.ts';
import { applyRetention } from '../analytics/retention/retention.ts';
import type { Deployment } from '../config/schema.ts';
import { secretFrom } from '../config/secret.ts';
import { connectClickHouse, type ClickHouseAddress } from '../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../ingest/clickhouse/engine.ts';
import type { Logger } from '../runtime/logger.ts';

export interface Analytics {
  readonly client: ClickHouseClient;
  /** The engine that this process started; null when the configuration names a server. */
  readonly engine: ClickHouseEngine | null;
  /** Asks it now, and waits no longer than a moment. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

const PING_LIMIT_MS = 2_000;

/** Connects to the configured ClickHouse server, or starts the local engine, and brings tables and retention up to date. */
export async function openAnalytics(
  { analytics: settings, retention }: Pick<Deployment, 'analytics' | 'retention'>,
  dataDir: string,
  logger: Logger,
): Promise<Analytics> {
  const { url, user, password, database } = settings;
  const engine =
    url === undefined ? await startClickHouse({ dataDir: `${dataDir}/clickhouse`, logger }) : null;
  const address: ClickHouseAddress = {
    url: url ?? engine!.url,
    user,
    database,
    ...(password === undefined ? {} : { password: secretFrom(process.env, password).reveal() }),
  };
  const client = connectClickHouse(address);
  try {
    await applyMigrations(address);
    await applyRetention(client, retention.eventDays);
  } catch (thrown) {
    await client.close();
    await engine?.close();
    throw thrown;
  }
  return {
    client,
    engine,
    async answers() {
      const { success } = await client.ping({
        select: false,
        abort_signal: AbortSignal.timeout(PING_LIMIT_MS),
      });
      return success;
    },
    async close() {
      await client.close();
      await engine?.close();
    },
  };
}

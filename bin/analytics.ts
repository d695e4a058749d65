import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { applyMigrations } from '../analytics/migrations/migrate.ts';
import { applyRetention } from '../analytics/retention/retention.ts';
import type { Deployment } from '../config/schema.ts';
import { secretFrom } from '../config/secret.ts';
import { connectClickHouse, type ClickHouseAddress } from '../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../ingest/clickhouse/engine.ts';
import { messageOf, UserError } from '../runtime/errors.ts';
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

/** Where the cluster profile's ClickHouse is, and who asks it. @throws UserError when the password's variable is unset */
export function clickHouseServer({
  url,
  user,
  password,
  database,
}: Deployment['analytics']): ClickHouseAddress {
  const login = password === undefined ? {} : { password: secretFrom(process.env, password).reveal() };
  return { url, user, database, ...login };
}

/**
 * Starts the local engine (embedded) or connects to the server (cluster), and brings tables and retention up to date.
 * @throws UserError when the server does not answer or refuses the login
 */
export async function openAnalytics(
  { profile, analytics: settings, retention }: Pick<Deployment, 'profile' | 'analytics' | 'retention'>,
  dataDir: string,
  logger: Logger,
): Promise<Analytics> {
  const engine =
    profile === 'embedded' ? await startClickHouse({ dataDir: `${dataDir}/clickhouse`, logger }) : null;
  const address: ClickHouseAddress =
    engine === null ? clickHouseServer(settings) : { url: engine.url, database: settings.database };
  const client = connectClickHouse(address);
  try {
    if (engine === null) {
      // Boxes of several releases share a server, and how long it keeps rows is decided once: smart-store migrate apply.
      await applyMigrations(address, { cluster: settings.cluster, allowNewer: true });
    } else {
      await applyMigrations(address);
      await applyRetention(client, retention);
    }
  } catch (thrown) {
    await client.close();
    await engine?.close();
    throw engine === null ? explainClickHouse(thrown, address) : thrown;
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

const LOGIN_REFUSED = new Set(['192', '193', '194', '516']);
const RIGHT_MISSING = '497';

/** A server that is away, or does not know us, is the technician's to mend; anything else comes back as it was. */
export function explainClickHouse(
  thrown: unknown,
  { url, user = 'default', database }: ClickHouseAddress,
): unknown {
  if (thrown instanceof UserError) return thrown;
  if (!(thrown instanceof ClickHouseError)) {
    return new UserError(
      'analytics.unreachable',
      `The profile cluster expects a ClickHouse server at ${url} (analytics.url), but: ${messageOf(thrown)}.`,
      'Start the server, or mend analytics.url. To try the profile on this machine: npm run clickhouse.',
      { cause: thrown },
    );
  }
  if (LOGIN_REFUSED.has(thrown.code)) {
    return new UserError(
      'analytics.login',
      `The ClickHouse server at ${url} does not let user ${user} in.`,
      'Mend analytics.user, or the variable that analytics.password names.',
      { cause: thrown },
    );
  }
  if (thrown.code === RIGHT_MISSING) {
    return new UserError(
      'analytics.rights',
      `User ${user} of the ClickHouse server at ${url} may not do what the store needs in database ${database}.`,
      'Give it the rights that docs/deploy.md lists, or let a user with more rights run: smart-store migrate apply.',
      { cause: thrown },
    );
  }
  return thrown;
}

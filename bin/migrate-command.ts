import type { Command } from 'commander';
import { applyMigrations, planMigrations } from '../analytics/migrations/migrate.ts';
import { applyRetention, planRetention } from '../analytics/retention/retention.ts';
import type { Deployment } from '../config/schema.ts';
import { secretFrom } from '../config/secret.ts';
import { connectClickHouse, type ClickHouseAddress } from '../ingest/clickhouse/client.ts';
import { clickHouseServer, explainClickHouse } from './analytics.ts';
import { configOption, deploymentOf, jsonOption, print, printJson } from './options.ts';

interface Options {
  readonly config: string;
  readonly user?: string;
  readonly password?: string;
  readonly json?: true;
}

/**
 * `smart-store migrate plan|apply`: the tables of a ClickHouse server or cluster, and how long they keep rows. The
 * embedded profile needs it not: it looks after its own engine.
 * @param found says to the shell that something is pending
 */
export function addMigrateCommand(program: Command, found: () => void): void {
  const group = program
    .command('migrate')
    .description('bring the tables of the ClickHouse server up to date (cluster profile)');
  const verb = (name: string, what: string): Command =>
    group
      .command(name)
      .description(what)
      .addOption(configOption())
      .option('--user <name>', 'who may change tables (default: analytics.user)')
      .option('--password <VARIABLE>', 'the environment variable that holds the password of that user')
      .addOption(jsonOption());

  verb('plan', 'say what would be done; changes nothing; exit status 1 when something is to be done').action(
    async (options: Options) => {
      if (await plan(options)) found();
    },
  );
  verb('apply', 'do it; nothing is changed where nothing is pending').action(apply);
}

/** @returns whether something is pending */
async function plan(options: Options): Promise<boolean> {
  return at(options, async (address, { analytics, retention }) => {
    const { applied, pending, newer } = await planMigrations(address, { allowNewer: true });
    const tables =
      pending.length > 0
        ? null
        : await withClient(address, (client) => planRetention(client, retention, analytics.cluster));
    if (options.json === true) {
      printJson({ database: address.database, applied, pending, newer, retention: tables });
    } else {
      for (const name of applied) print(`✓ ${name}`);
      for (const name of newer) print(`✓ ${name} (of a newer release)`);
      for (const name of pending) print(`· ${name} is pending`);
      for (const { table, ttl } of tables ?? []) print(`· ${table} should keep rows until ${ttl}`);
      if (tables === null) print('· how long rows are kept is set after that');
      const isUpToDate = pending.length === 0 && tables?.length === 0;
      print(
        isUpToDate
          ? `\nDatabase ${address.database} is up to date.`
          : '\nTo do it: smart-store migrate apply',
      );
    }
    return pending.length > 0 || (tables?.length ?? 0) > 0;
  });
}

async function apply(options: Options): Promise<void> {
  await at(options, async (address, { analytics: { cluster }, retention }) => {
    const say = (message: string): void => void process.stderr.write(`${message}\n`);
    const where = cluster === undefined ? address.url : `${address.url}, for cluster ${cluster}`;
    say(`database ${address.database} at ${where}`);
    const applied = await applyMigrations(address, {
      cluster,
      allowNewer: true,
      onApplied: (name) => say(`applied ${name}`),
    });
    const tables = await withClient(address, (client) => applyRetention(client, retention, cluster));
    for (const table of tables) say(`set how long ${table} keeps rows`);
    if (options.json === true) printJson({ database: address.database, applied, retention: tables });
    else if (applied.length + tables.length === 0) print('Nothing was to be done.');
    else print('Done.');
  });
}

async function at<Answer>(
  { config, user, password }: Options,
  work: (address: ClickHouseAddress, deployment: Deployment) => Promise<Answer>,
): Promise<Answer> {
  const deployment = deploymentOf({ config, profile: 'cluster' });
  const { analytics } = deployment;
  const address =
    user === undefined && password === undefined
      ? clickHouseServer(analytics)
      : {
          url: analytics.url,
          database: analytics.database,
          user: user ?? analytics.user,
          ...(password === undefined ? {} : { password: secretFrom(process.env, password).reveal() }),
        };
  try {
    return await work(address, deployment);
  } catch (thrown) {
    throw explainClickHouse(thrown, address);
  }
}

async function withClient<Answer>(
  address: ClickHouseAddress,
  work: (client: ReturnType<typeof connectClickHouse>) => Promise<Answer>,
): Promise<Answer> {
  const client = connectClickHouse(address);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

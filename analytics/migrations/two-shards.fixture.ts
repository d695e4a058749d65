import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectClickHouse } from '../../ingest/clickhouse/client.ts';
import { startClickHouse, type ClickHouseEngine } from '../../ingest/clickhouse/engine.ts';
import type { Logger } from '../../runtime/logger.ts';
import { forCluster } from './cluster.ts';
import { readMigrations } from './migrate.ts';

export interface TwoShards {
  readonly engines: readonly [ClickHouseEngine, ClickHouseEngine];
  close(): Promise<void>;
}

const CLUSTER = 'shops';

/**
 * Two engines that know each other as the two shards of a cluster. They speak ClickHouse's native protocol with each
 * other, as servers do. What the engine lacks is ON CLUSTER and writing to replicated tables, so
 * {@link applyToBoth} does what those two would have done.
 */
export async function startTwoShards(dir: string, logger: Logger): Promise<TwoShards> {
  const ports = [await freePort(), await freePort()] as const;
  const start = async (shard: 0 | 1): Promise<ClickHouseEngine> => {
    const settingsFile = join(dir, `shard-${shard}.xml`);
    await writeFile(settingsFile, settingsOf(shard, ports));
    return startClickHouse({ dataDir: join(dir, `shard-${shard}`), logger, settingsFile });
  };
  const engines = [await start(0), await start(1)] as const;
  return {
    engines,
    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

/** Our own migrations as a cluster gets them, on each of the two. */
export async function applyToBoth({ engines }: TwoShards, database: string): Promise<void> {
  const migrations = await readMigrations(new URL('./', import.meta.url));
  const statements = migrations.flatMap(({ statements }) =>
    statements.flatMap((statement) => forCluster(statement, { cluster: CLUSTER, database })),
  );
  for (const { url } of engines) {
    const outside = connectClickHouse({ url, database: 'default' });
    await outside.command({ query: `CREATE DATABASE ${database}` });
    await outside.close();
    const client = connectClickHouse({ url, database });
    for (const query of statements) await client.command({ query: withoutKeeper(query) });
    await client.close();
  }
}

/** One server's share of a statement, its rows kept once. */
export function withoutKeeper(statement: string): string {
  return statement
    .replace(` ON CLUSTER ${CLUSTER}`, '')
    .replace(/Replicated(\w+)\([^)]*\)/, '$1')
    .replace(
      /replicated_deduplication_window = (\d+), replicated_deduplication_window_seconds = \d+/,
      'non_replicated_deduplication_window = $1',
    );
}

function settingsOf(shard: 0 | 1, ports: readonly [number, number]): string {
  const shards = ports.map(
    (port) => `<shard><internal_replication>true</internal_replication>
      <replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`,
  );
  return `<clickhouse>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>${ports[shard]}</tcp_port>
  <remote_servers><${CLUSTER}>${shards.join('')}</${CLUSTER}></remote_servers>
</clickhouse>`;
}

/** A port of 127.0.0.1 that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

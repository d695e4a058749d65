import type { Command } from 'commander';
import { startClickHouse } from '../ingest/clickhouse/engine.ts';
import { createLogger } from '../runtime/logger.ts';
import { DATA_DIR } from '../runtime/paths.ts';
import { print, wholeNumber } from './options.ts';
import { untilSignalled } from './signals.ts';

/** `smart-store clickhouse`: a ClickHouse server on this machine, in the foreground. */
export function addClickHouseCommand(program: Command): void {
  program
    .command('clickhouse')
    .description('run a ClickHouse server on this machine until Ctrl-C, for trying the cluster profile')
    .option('--data <folder>', 'where tables are kept', `${DATA_DIR}/clickhouse-server`)
    .option('--port <number>', 'where it answers HTTP', '8123')
    .action(async (options: { data: string; port: string }) => {
      const port = wholeNumber('--port', options.port, 1, 65_535);
      const interrupted = untilSignalled();
      const engine = await startClickHouse({
        dataDir: options.data,
        port,
        logger: createLogger('clickhouse'),
      });
      print(
        `\n  ClickHouse is ready: ${engine.url}\n  It is for trial: it has no password, no users of its own, and answers this machine only.\n  Ctrl-C stops it; tables are kept in ${options.data}\n`,
      );
      process.stderr.write(`stopping (${await interrupted})\n`);
      await engine.close();
      process.stderr.write('stopped\n');
    });
}

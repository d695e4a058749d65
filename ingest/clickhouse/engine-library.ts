import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../runtime/errors.ts';

/** npm packages that carry ClickHouse's engine as a shared library, by platform. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
};

/**
 * Path of libchdb.so for a platform.
 * @throws UserError `clickhouse.platform` where there is none, `clickhouse.library-missing` where npm left it out
 */
export function findEngineLibrary(platform: string = process.platform, arch: string = process.arch): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) {
    throw new UserError(
      'clickhouse.platform',
      `ClickHouse's own engine runs on ${Object.keys(PACKAGES).join(' and ')}; this machine is ${platform}-${arch}.`,
      'Start a ClickHouse server elsewhere and give its address as analytics.url in the configuration.',
    );
  }
  const library = join(packageFolder(name), 'libchdb.so');
  if (!existsSync(library)) throw missing(name);
  return library;
}

function packageFolder(name: string): string {
  // Asked from chdb's own place: the platform packages are its optional dependencies and may be nested in it.
  const fromChdb = createRequire(createRequire(import.meta.url).resolve('chdb/package.json'));
  try {
    return dirname(fromChdb.resolve(`${name}/package.json`));
  } catch (cause) {
    throw missing(name, cause);
  }
}

function missing(name: string, cause?: unknown): UserError {
  return new UserError(
    'clickhouse.library-missing',
    `ClickHouse's engine was expected in the npm package ${name}, which is not installed.`,
    'Run "npm ci" without --omit=optional, on this machine (not copied from another platform).',
    { cause },
  );
}

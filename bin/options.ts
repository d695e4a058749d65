import { Option } from 'commander';
import { existsSync } from 'node:fs';
import { loadDeployment } from '../config/load.ts';
import type { Deployment } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { DATA_DIR, ROOT } from '../runtime/paths.ts';

const DEFAULT_CONFIG = `${ROOT}config/demo/store.yaml`;

export function configOption(): Option {
  return new Option('--config <file>', 'the deployment').default(DEFAULT_CONFIG, 'the demo store');
}

export function dataOption(): Option {
  return new Option('--data <folder>', 'where the store keeps what it must not lose').default(
    DATA_DIR,
    './data',
  );
}

export type Profile = Deployment['profile'];

export function profileOption(): Option {
  return new Option(
    '--profile <profile>',
    'where events and analytics are: on this machine, or on Kafka and ClickHouse servers (default: the configuration)',
  ).choices(['embedded', 'cluster']);
}

/** The deployment of a command's options. @throws UserError for a configuration with mistakes */
export function deploymentOf(options: { readonly config: string; readonly profile?: Profile }): Deployment {
  const deployment = loadDeployment(options.config);
  return options.profile === undefined ? deployment : { ...deployment, profile: options.profile };
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object on standard output');
}

/** A whole number of an option. @throws UserError */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(
    'option.number',
    `${option} should be a whole number from ${least} to ${most}, found "${text}".`,
    `Try ${option} ${Math.max(least, Math.min(most, 8080))}.`,
  );
}

/** Tools that read a store's data say so when there is none, instead of making an empty one. @throws UserError */
export function requireData(dataDir: string, file: string): string {
  const path = `${dataDir}/${file}`;
  if (existsSync(path)) return path;
  throw new UserError(
    'data.missing',
    `No store has kept anything in ${dataDir} yet: ${file} is not there.`,
    'Start the store once (npm start), or name its folder with --data.',
  );
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

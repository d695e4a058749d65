import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { CACHE_DIR, DATA_DIR } from '../../runtime/paths.ts';
import { UserError } from '../../runtime/errors.ts';
import { cachePath, isFile, storeNetwork } from './builder/cache.ts';
import { buildFromNpm, readNpmWeights } from './builder/npm-weights.ts';
import { comesFromNpm, type NetworkEntry } from './network-entry.ts';

/** Where networks lie. */
export interface NetworkFolders {
  /** Built networks: may be deleted. */
  readonly cache: string;
  /** Networks that a person has added: kept. */
  readonly added: string;
}

export const NETWORK_FOLDERS: NetworkFolders = {
  cache: join(CACHE_DIR, 'networks'),
  added: join(DATA_DIR, 'networks'),
};

/** What building says while it works. */
export interface BuildStep {
  readonly network: string;
  /** `cached`: it was there already. */
  readonly result: 'cached' | 'built';
  readonly elapsedMs: number;
}

/**
 * The path of a network's .onnx file, built first if it isn't there.
 * @throws UserError when what it is built from is missing or can't be converted
 */
export async function ensureBuilt(
  entry: NetworkEntry,
  folders: NetworkFolders = NETWORK_FOLDERS,
  onStep?: (step: BuildStep) => void,
): Promise<string> {
  const startedAt = performance.now();
  const done = (result: BuildStep['result']): void =>
    onStep?.({ network: entry.name, result, elapsedMs: performance.now() - startedAt });
  const [source] = entry.sources;
  if (!comesFromNpm(source)) throw new UserError('network.absent', 'not yet', 'not yet');
  const weights = await readNpmWeights(source);
  const recipe = JSON.stringify([entry.name, entry.input, source]);
  const path = await cachePath({ folder: folders.cache }, entry.name, [
    recipe,
    weights.description,
    weights.weights,
  ]);
  if (await isFile(path)) {
    done('cached');
    return path;
  }
  const network = { name: entry.name, freeBatch: entry.input.batch === 'N' };
  await storeNetwork(path, entry.name, buildFromNpm(network, source, weights));
  done('built');
  return path;
}

import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { CACHE_DIR, DATA_DIR } from '../../runtime/paths.ts';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { findAddedFiles, type PresentSource } from './added-files.ts';
import { cachePath, isFile, storeNetwork } from './builder/cache.ts';
import { adaptForeignOnnx } from './builder/foreign-onnx.ts';
import { convertMxnet } from './builder/mxnet.ts';
import { buildFromNpm, readNpmWeights } from './builder/npm-weights.ts';
import {
  comesFromNpm,
  inputShape,
  requiredFiles,
  type NetworkEntry,
  type RequiredFile,
} from './network-entry.ts';

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
  const { ingredients, build } = await recipeOf(entry, folders);
  const description = JSON.stringify([entry.name, entry.input]);
  const path = await cachePath({ folder: folders.cache }, entry.name, [description, ...ingredients]);
  const isCached = await isFile(path);
  if (!isCached) await storeNetwork(path, entry.name, build());
  onStep?.({
    network: entry.name,
    result: isCached ? 'cached' : 'built',
    elapsedMs: performance.now() - startedAt,
  });
  return path;
}

/** Where the files of an added network lie. */
export function addedFolder(name: string, folders: NetworkFolders): string {
  return join(folders.added, name);
}

interface Recipe {
  /** All that the result depends on, apart from the builder itself. */
  readonly ingredients: readonly (string | Uint8Array)[];
  readonly build: () => Uint8Array;
}

async function recipeOf(entry: NetworkEntry, folders: NetworkFolders): Promise<Recipe> {
  const [first] = entry.sources;
  if (comesFromNpm(first)) {
    const { description, weights } = await readNpmWeights(first);
    const network = { name: entry.name, freeBatch: entry.input.batch === 'N' };
    return {
      ingredients: [JSON.stringify(first), description, weights],
      build: () => buildFromNpm(network, first, { description, weights }),
    };
  }
  const present = await findAddedFiles(entry, addedFolder(entry.name, folders));
  if (!present) {
    throw new UserError(
      'network.absent',
      `Network ${entry.name} (${entry.summary}) isn't on this machine.`,
      `Add it: smart-store models add ${entry.name}, or with --from and a folder that holds ${fileNames(entry)}.`,
    );
  }
  return {
    ingredients: [JSON.stringify(present.source), ...present.files.values()],
    build: () => buildAdded(entry, present),
  };
}

function buildAdded(entry: NetworkEntry, { source, files }: PresentSource): Uint8Array {
  const content = ({ name }: RequiredFile): Buffer => files.get(name)!; // findAddedFiles gives all of them
  try {
    if (source.kind === 'onnx') {
      const { foreignInput, outputs } = source;
      const shape = inputShape(entry.input);
      return adaptForeignOnnx(content(source.file), { input: foreignInput, shape, outputs });
    }
    const { height, width } = entry.input;
    const output = entry.outputs[source.output];
    const size = output?.shape.at(-1);
    if (typeof height !== 'number' || typeof width !== 'number' || typeof size !== 'number') {
      throw new Error('its contract leaves sizes open');
    }
    return convertMxnet(content(source.symbol).toString('utf8'), content(source.params), {
      name: entry.name,
      height,
      width,
      output: { name: source.output, size },
    });
  } catch (error) {
    throw new UserError(
      'network.conversion',
      `The files of network ${entry.name} can't be used: ${messageOf(error)}.`,
      'Add the files that the contract describes.',
      { cause: error },
    );
  }
}

function fileNames(entry: NetworkEntry): string {
  return entry.sources
    .map((source) =>
      (comesFromNpm(source) ? [] : requiredFiles(source)).map(({ name }) => name).join(' and '),
    )
    .join(', or ');
}

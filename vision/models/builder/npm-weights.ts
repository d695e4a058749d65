import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../../runtime/errors.ts';
import type { NpmSource } from '../network-entry.ts';
import { FACE_API_ARCHITECTURES } from './face-api-networks.ts';
import { convertTfjsGraph, type TfjsModel } from './tfjs-graph.ts';
import { decodeWeights, type WeightSpec } from './tfjs-weights.ts';

/** The files that a network is made of, as they lie in an npm package. */
export interface NpmWeights {
  /** model.json or the weight manifest, as bytes. */
  readonly description: Buffer;
  readonly weights: Buffer;
}

type WeightManifest = readonly {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}[];

/**
 * Reads a network's files out of its package.
 * @throws UserError when the package is missing or is another version than the one that was proven
 */
export async function readNpmWeights(source: NpmSource): Promise<NpmWeights> {
  const folder = await packageFolder(source);
  const descriptionPath = join(
    folder,
    `${source.path}${source.kind === 'tfjs' ? '.json' : '-weights_manifest.json'}`,
  );
  try {
    const description = await readFile(descriptionPath);
    const parts = manifestOf(source, description).flatMap((group) => group.paths);
    const folderOfWeights = dirname(descriptionPath);
    const weights = await Promise.all(parts.map((part) => readFile(join(folderOfWeights, part))));
    return { description, weights: Buffer.concat(weights) };
  } catch (error) {
    throw new UserError(
      'network.package',
      `The package ${source.package} is installed without ${source.path}.`,
      'Install the packages again: npm ci.',
      { cause: error },
    );
  }
}

/** Writes the network as ONNX. */
export function buildFromNpm(
  network: { readonly name: string; readonly freeBatch: boolean },
  source: NpmSource,
  { description, weights }: NpmWeights,
): Uint8Array {
  if (source.kind === 'tfjs') {
    const { normalisation, nodes, resized } = source;
    return convertTfjsGraph(parseModel(description), weights, {
      ...network,
      normalisation,
      outputs: nodes,
      ...(resized ? { resized } : {}),
    });
  }
  const specs = parseManifest(description).flatMap((group) => group.weights);
  return FACE_API_ARCHITECTURES[source.architecture](decodeWeights(weights, specs));
}

function manifestOf(source: NpmSource, description: Buffer): WeightManifest {
  return source.kind === 'tfjs' ? parseModel(description).weightsManifest : parseManifest(description);
}

// the formats of TensorFlow.js, in packages whose content npm has verified against package-lock.json
function parseModel(description: Buffer): TfjsModel {
  return JSON.parse(description.toString('utf8')) as TfjsModel;
}
function parseManifest(description: Buffer): WeightManifest {
  return JSON.parse(description.toString('utf8')) as WeightManifest;
}

async function packageFolder({ package: name, version }: NpmPackage): Promise<string> {
  const found = await installedPackage(name);
  if (!found) {
    throw new UserError(
      'network.package',
      `The package ${name} ${version}, which carries the network's weights, is not installed.`,
      'Install the packages: npm ci.',
    );
  }
  if (found.version !== version) {
    throw new UserError(
      'network.package',
      `The network's weights were proven with ${name} ${version}, installed is ${found.version}.`,
      'Install the packages as locked: npm ci.',
    );
  }
  return found.folder;
}

type NpmPackage = Pick<NpmSource, 'package' | 'version'>;

/** A package may not export its package.json: it is looked for where Node would look for the package. */
async function installedPackage(name: string): Promise<{ folder: string; version: string } | undefined> {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const place of places) {
    const folder = join(place, name);
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { version } = JSON.parse(text) as { version?: string };
    return { folder, version: version ?? 'unknown' };
  }
  return undefined;
}

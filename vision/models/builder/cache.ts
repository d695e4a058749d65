import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Networks that were built, in a folder that may be deleted at any time. The name of a file carries a hash of all that
 * it was made from, so that nothing can be stale and two processes that build at once write the same bytes.
 */
export interface NetworkCache {
  readonly folder: string;
}

const HASH_CHARACTERS = 20;

/** The path that a network made from these parts has, whether or not it is there. */
export async function cachePath(
  cache: NetworkCache,
  network: string,
  parts: readonly (string | Uint8Array)[],
): Promise<string> {
  const hash = createHash('sha256').update(await builderFingerprint());
  for (const part of parts) hash.update(`\n${part.length}\n`).update(part);
  return join(cache.folder, `${network}-${hash.digest('hex').slice(0, HASH_CHARACTERS)}.onnx`);
}

export async function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a whole file or none of it, and removes what the same network was before. */
export async function storeNetwork(path: string, network: string, model: Uint8Array): Promise<void> {
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  await writeFile(unfinished, model);
  await rename(unfinished, path);
  const earlier = new RegExp(`^${network}-[0-9a-f]{${HASH_CHARACTERS}}\\.onnx$`);
  for (const name of await readdir(folder)) {
    if (earlier.test(name) && join(folder, name) !== path) await rm(join(folder, name), { force: true });
  }
}

let fingerprint: Promise<string> | undefined;

/**
 * A hash of the builder's own sources: there is no build step that could take them away, and nobody has to remember to
 * count a version up.
 */
function builderFingerprint(): Promise<string> {
  return (fingerprint ??= hashSources(fileURLToPath(new URL('.', import.meta.url))));
}

async function hashSources(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  const hash = createHash('sha256');
  for (const name of sources) hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

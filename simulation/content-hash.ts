import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { photographPath } from './photographs.ts';

const FOLDER = new URL('./', import.meta.url);
const OWN_IMPORT = /from '\.\/([a-z-]+(?:\.[a-z]+)*\.ts)'/g;

/**
 * Names pictures by everything that they are made from: what is asked for, the photographs, and these files of this folder
 * with all that they import from it. Who changes the code gets new pictures without thinking of it.
 * @param sources files of this folder, e.g. `painter.ts`
 */
export async function contentHash(wanted: unknown, sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(wanted));
  for (const number of [1, 2, 3, 4, 5, 6] as const) hash.update(await readFile(photographPath(number)));
  const found = new Map<string, string>();
  const waiting = [...sources];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const text = await readFile(new URL(file, FOLDER), 'utf8');
    found.set(file, text);
    for (const [, imported] of text.matchAll(OWN_IMPORT)) waiting.push(imported!);
  }
  for (const file of [...found.keys()].sort()) hash.update(file).update(found.get(file)!);
  return hash.digest('hex').slice(0, 16);
}

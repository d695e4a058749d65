import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { isGroup } from '../../config/defaults.ts';
import { comesFromNpm, requiredFiles, type AddedSource, type NetworkEntry } from './network-entry.ts';

/** What was written down when a network was added, beside its files. */
export interface AdditionRecord {
  readonly addedAt: string;
  /** Folder or address that it was taken from. */
  readonly from: string;
  /** File → SHA-256, hexadecimal. */
  readonly sha256: Readonly<Record<string, string>>;
}

export const RECORD_FILE = 'added.json';

/** A network's source of which every file is present and unaltered. */
export interface PresentSource {
  readonly source: AddedSource;
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * The first of the network's sources whose files lie in `folder` with the right checksums; undefined when none does.
 * @throws UserError when files are there but aren't what was added
 */
export async function findAddedFiles(
  entry: NetworkEntry,
  folder: string,
): Promise<PresentSource | undefined> {
  const record = await readRecord(folder);
  let altered: string | undefined;
  for (const source of entry.sources) {
    if (comesFromNpm(source)) continue;
    const files = new Map<string, Buffer>();
    for (const { name, sha256 } of requiredFiles(source)) {
      const content = await readFile(join(folder, name)).catch(() => undefined);
      if (!content) continue;
      const expected = sha256 ?? record?.sha256[name];
      if (expected === sha256Of(content)) files.set(name, content);
      else altered ??= name;
    }
    if (files.size === requiredFiles(source).length) return { source, files };
  }
  if (altered === undefined) return undefined;
  throw new UserError(
    'network.altered',
    `The file ${altered} of network ${entry.name} in ${folder} isn't the one that was added: its checksum is another.`,
    `Add it again: smart-store models add ${entry.name}.`,
  );
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readRecord(folder: string): Promise<AdditionRecord | undefined> {
  const text = await readFile(join(folder, RECORD_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (isRecord(record)) return record;
    throw new Error('it lacks addedAt, from or sha256');
  } catch (error) {
    throw new UserError(
      'network.record',
      `${join(folder, RECORD_FILE)} can't be read: ${messageOf(error)}`,
      'Remove the folder and add the network again: smart-store models add.',
      { cause: error },
    );
  }
}

function isRecord(value: unknown): value is AdditionRecord {
  return (
    isGroup(value) &&
    typeof value['addedAt'] === 'string' &&
    typeof value['from'] === 'string' &&
    isGroup(value['sha256']) &&
    Object.values(value['sha256']).every((hash) => typeof hash === 'string')
  );
}

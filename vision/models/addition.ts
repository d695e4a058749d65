import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { RECORD_FILE, sha256Of, type AdditionRecord } from './added-files.ts';
import { addedFolder, NETWORK_FOLDERS, type NetworkFolders } from './build.ts';
import { CATALOGUE, isNetworkName, NETWORK_NAMES } from './catalogue.ts';
import { openEntry } from './network.ts';
import {
  comesFromNpm,
  requiredFiles,
  type AddedSource,
  type NetworkEntry,
  type RequiredFile,
} from './network-entry.ts';
import { findContract, parseContract } from './user-network.ts';

export interface AddOptions {
  /** A folder, or an http(s) address, that holds the files under their own names; left out: the authors' address. */
  readonly from?: string;
  /** Checksums for files whose checksum we don't know: file → SHA-256, or the hash alone where there is one file. */
  readonly sha256?: string | Readonly<Record<string, string>>;
  readonly folders?: NetworkFolders;
  readonly onProgress?: (message: string) => void;
}

export interface AddedNetwork {
  readonly name: string;
  readonly licence: string;
  readonly record: AdditionRecord;
}

const FETCH_TIMEOUT_MS = 120_000;
const LARGEST_FILE_BYTES = 512 * 1024 * 1024;

/**
 * Adds a network that npm doesn't carry: takes its files from their authors, a mirror or a folder, compares checksums,
 * keeps them under the data folder, and opens the network once to see that it is what its contract says. A name that isn't
 * in the catalogue is a user's own network: `from` is a folder with NAME.yaml (or .json) and the .onnx file it names.
 * @throws UserError when anything is missing, altered, unreachable or not as described; then nothing was added
 */
export async function addNetwork(name: string, options: AddOptions = {}): Promise<AddedNetwork> {
  const folders = options.folders ?? NETWORK_FOLDERS;
  const { entry, contract } = await entryToAdd(name, options.from);
  const taken = await takeFiles(entry, options);
  const record: AdditionRecord = {
    addedAt: new Date().toISOString(),
    from: options.from ?? taken.source.address,
    sha256: Object.fromEntries([...taken.files].map(([file, content]) => [file, sha256Of(content)])),
  };
  const files = new Map<string, Uint8Array | string>(taken.files);
  files.set(RECORD_FILE, `${JSON.stringify(record, undefined, 2)}\n`);
  if (contract) files.set(`${name}.yaml`, contract.text);

  // opened from a folder of its own first, so that a network that doesn't work never replaces one that does
  const trial: NetworkFolders = { cache: folders.cache, added: join(folders.added, '.trial') };
  try {
    await writeFiles(addedFolder(name, trial), files);
    options.onProgress?.(`checking that ${name} is what its contract says`);
    const network = await openEntry(entry, { folders: trial });
    await network.close();
    await rm(addedFolder(name, folders), { recursive: true, force: true });
    await mkdir(folders.added, { recursive: true });
    await rename(addedFolder(name, trial), addedFolder(name, folders));
  } finally {
    await rm(trial.added, { recursive: true, force: true });
  }
  return { name, licence: entry.licence, record };
}

async function entryToAdd(
  name: string,
  from: string | undefined,
): Promise<{ entry: NetworkEntry; contract?: { path: string; text: string } }> {
  if (isNetworkName(name)) {
    const entry = CATALOGUE[name];
    if (!comesFromNpm(entry.sources[0])) return { entry };
    throw new UserError(
      'network.from-npm',
      `Network ${name} comes with the npm packages and needn't be added.`,
      'Build it: smart-store models build.',
    );
  }
  const contract = from === undefined || isAddress(from) ? undefined : await findContract(from, name);
  if (!contract) {
    const known = NETWORK_NAMES.filter((known) => !comesFromNpm(CATALOGUE[known].sources[0])).join(', ');
    throw new UserError(
      'network.unknown',
      `There is no network ${name} in the catalogue${from === undefined ? '' : ` and no ${name}.yaml or ${name}.json in ${from}`}.`,
      `Add one of ${known}, or your own with --from and a folder that holds ${name}.yaml and its .onnx file.`,
    );
  }
  const entry = parseContract(contract.text, contract.path);
  if (entry.name === name) return { entry, contract };
  throw new UserError(
    'network.contract-file',
    `The contract ${contract.path} calls its network ${entry.name}, not ${name}.`,
    'Give the file and the network the same name.',
  );
}

interface TakenFiles {
  readonly source: AddedSource;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Files of the first source that can be had whole; the last failure is told when none can. */
async function takeFiles(entry: NetworkEntry, options: AddOptions): Promise<TakenFiles> {
  let firstFailure: UserError | undefined;
  for (const source of entry.sources) {
    if (comesFromNpm(source)) continue;
    try {
      const files = new Map<string, Buffer>();
      const required = requiredFiles(source);
      for (const file of required) {
        const expected = file.sha256 ?? statedChecksum(entry, file, required.length, options);
        const content = await takeFile(entry, file, options);
        requireChecksum(entry, file, content, expected);
        files.set(file.name, content);
      }
      return { source, files };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      firstFailure ??= error;
    }
  }
  throw firstFailure ?? new Error(`network ${entry.name} has no source to add`);
}

/** From a user's own folder a contract without checksum is taken as it is: its owner vouches for it. */
function statedChecksum(
  entry: NetworkEntry,
  file: RequiredFile,
  count: number,
  { sha256, from }: AddOptions,
): string | undefined {
  const stated = typeof sha256 === 'string' ? (count === 1 ? sha256 : undefined) : sha256?.[file.name];
  if (stated !== undefined) return stated.toLowerCase();
  if (!isNetworkName(entry.name) && from !== undefined && !isAddress(from)) return undefined;
  throw new UserError(
    'network.checksum-unknown',
    `The checksum of ${file.name} of network ${entry.name} isn't known to this release, so it isn't taken unseen.`,
    `Get the file${file.url === undefined ? '' : ` from ${file.url}`}, make sure that it is genuine, and say its checksum: --sha256 ${count === 1 ? '' : `${file.name}=`}HASH.`,
  );
}

async function takeFile(entry: NetworkEntry, file: RequiredFile, options: AddOptions): Promise<Buffer> {
  const { from } = options;
  if (from !== undefined && !isAddress(from)) {
    return readFile(join(from, file.name)).catch((error: unknown) => {
      throw new UserError(
        'network.file-missing',
        `The folder ${from} is expected to hold ${file.name} of network ${entry.name}: ${messageOf(error)}.`,
        `Put the file there${file.url === undefined ? '' : ` (it is published at ${file.url})`}, or name another folder with --from.`,
        { cause: error },
      );
    });
  }
  const address = from === undefined ? file.url : `${from.replace(/\/$/, '')}/${file.name}`;
  if (address === undefined) {
    throw new UserError(
      'network.unpublished',
      `The file ${file.name} of network ${entry.name} has no public address.`,
      'Name a folder or mirror that holds it: --from DIR or --from URL.',
    );
  }
  options.onProgress?.(`fetching ${address}`);
  return fetchFile(address, entry.name, file.name);
}

async function fetchFile(address: string, network: string, file: string): Promise<Buffer> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`);
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > LARGEST_FILE_BYTES) throw new Error(`the file has ${length} bytes`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new UserError(
      'network.unreachable',
      `${address} can't be fetched: ${messageOf(error)}${cause}.`,
      `Fetch ${file} on a machine that reaches it, and run: smart-store models add ${network} --from DIR. A mirror's address works too.`,
      { cause: error },
    );
  }
}

function requireChecksum(
  entry: NetworkEntry,
  file: RequiredFile,
  content: Uint8Array,
  expected: string | undefined,
): void {
  const found = sha256Of(content);
  if (expected === undefined || expected === found) return;
  throw new UserError(
    'network.checksum',
    `${file.name} of network ${entry.name} has the SHA-256 ${found}, expected is ${expected}.`,
    'Take the file that the checksum belongs to; what came may be a newer file, an error page or a forgery.',
  );
}

async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

function isAddress(from: string): boolean {
  return /^https?:\/\//.test(from);
}

import { createHmac, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { KEY_BYTES } from './cipher.ts';

/** The key that seals every member's own key. It is never printed; `fingerprint` says which one it is. */
export interface MasterKey {
  readonly bytes: Uint8Array;
  readonly fingerprint: string;
  /** Where it came from, in words. */
  readonly origin: string;
}

export const KEY_VARIABLE = 'SMART_STORE_KEY';
export const KEY_FILE = 'members.key';
const EXPECTED = `${KEY_BYTES} bytes as base64 or hexadecimal`;

/**
 * The key of the environment variable SMART_STORE_KEY, or undefined where it is not set.
 * @throws UserError `members.key-invalid` without repeating what was found
 */
export function keyFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): MasterKey | undefined {
  const text = environment[KEY_VARIABLE];
  if (text === undefined || text === '') return undefined;
  const bytes = parseKey(text);
  if (bytes === undefined) {
    throw new UserError(
      'members.key-invalid',
      `The environment variable ${KEY_VARIABLE} is expected to hold ${EXPECTED}, but it holds ${text.trim().length} characters that are not (withheld).`,
      'Make a key with `openssl rand -base64 32`, or unset the variable to use the key file of the data folder.',
    );
  }
  return masterKey(bytes, `environment variable ${KEY_VARIABLE}`);
}

/**
 * The key file of a data folder, or undefined where there is none.
 * @throws UserError `members.key-exposed` when others may read it, `members.key-invalid` when it holds no key
 */
export function keyFromFile(dataDir: string): MasterKey | undefined {
  const path = join(dataDir, KEY_FILE);
  let text: string;
  try {
    const { mode } = lstatSync(path);
    if ((mode & 0o077) !== 0) throw exposed(path, mode);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UserError(
      'members.key-unreadable',
      `The key file ${path} is expected to be readable, but: ${messageOf(error)}.`,
      'Start the store as the user who owns the file.',
      { cause: error },
    );
  }
  const bytes = parseKey(text);
  if (bytes === undefined) {
    throw new UserError(
      'members.key-invalid',
      `The key file ${path} is expected to hold ${EXPECTED}, but it holds ${text.trim().length} characters that are not.`,
      'Restore it from a backup. Without it names and face templates of all members are lost, and they must enrol again.',
    );
  }
  return masterKey(bytes, `key file ${path}`);
}

/** Makes a key file with mode 0600, complete or not at all; where another process was faster, its key is the one. */
export function createKeyFile(dataDir: string): MasterKey {
  const path = join(dataDir, KEY_FILE);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  mkdirSync(dataDir, { recursive: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(file);
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    closeSync(file);
    unlinkSync(draft);
  }
  const key = keyFromFile(dataDir);
  if (key === undefined) throw new Error(`the key file ${path} vanished while it was made`);
  return key;
}

function masterKey(bytes: Uint8Array, origin: string): MasterKey {
  const fingerprint = createHmac('sha256', bytes)
    .update('smart-store key fingerprint')
    .digest('hex')
    .slice(0, 16);
  return { bytes, fingerprint, origin };
}

function parseKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (/^[A-Za-z0-9+/]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64');
  return undefined;
}

function exposed(path: string, mode: number): UserError {
  return new UserError(
    'members.key-exposed',
    `The key file ${path} is expected to be readable by its owner alone (mode 0600), but its mode is 0${(mode & 0o777).toString(8)}.`,
    `Run \`chmod 600 ${path}\`. If others use this machine, treat the key as known to them: remove all members and enrol them again under a new key.`,
  );
}

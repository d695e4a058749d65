import { randomBytes } from 'node:crypto';
import { UserError } from '../../runtime/errors.ts';
import type { MemberId } from '../../runtime/ids.ts';
import type { Database } from '../database/database.ts';
import { textColumn } from '../database/row.ts';
import { KEY_BYTES, open, seal } from './cipher.ts';
import {
  createKeyFile,
  KEY_FILE,
  KEY_VARIABLE,
  keyFromEnvironment,
  keyFromFile,
  type MasterKey,
} from './master-key.ts';

/** Every member has a data key of their own, sealed by the master key: destroying it makes the member's data unreadable. */
export interface Keys {
  /** Where the master key came from, in words for a person. */
  readonly origin: string;
  newMemberKey(memberId: MemberId): { readonly key: MemberKey; readonly sealedKey: Uint8Array };
  /** @throws UserError `members.damaged` */
  openMemberKey(memberId: MemberId, sealedKey: Uint8Array): MemberKey;
}

/** Seals and opens what belongs to one member. */
export interface MemberKey {
  sealName(name: string): Uint8Array;
  openName(sealed: Uint8Array): string;
  sealTemplate(template: Uint8Array, index: number, network: string): Uint8Array;
  openTemplate(sealed: Uint8Array, index: number, network: string): Uint8Array;
}

/**
 * Finds the master key: SMART_STORE_KEY, else the key file of the data folder, which is made when the database has none
 * yet. The database remembers the key's fingerprint, so that a wrong key is told from damage.
 * @throws UserError `members.key-lost`, `members.key-wrong`, `members.key-invalid`, `members.key-exposed`
 */
export async function openKeys(options: {
  readonly database: Database;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<Keys> {
  const { database, dataDir, environment } = options;
  const found = keyFromEnvironment(environment) ?? keyFromFile(dataDir);
  const master = await database.transaction(async (queries) => {
    const [vault] = await queries.all('SELECT key_fingerprint FROM vault');
    if (vault === undefined) {
      const first = found ?? createKeyFile(dataDir);
      await queries.run('INSERT INTO vault (only_row, key_fingerprint) VALUES (1, ?)', [first.fingerprint]);
      return first;
    }
    if (found === undefined) throw lost(dataDir);
    const expected = textColumn(vault, 'key_fingerprint');
    if (found.fingerprint !== expected) throw wrong(found, expected);
    return found;
  });
  return keysUnder(master);
}

function keysUnder(master: MasterKey): Keys {
  const contextOf = (memberId: MemberId) => ['member-key', memberId];
  return {
    origin: master.origin,
    newMemberKey: (memberId) => {
      const bytes = randomBytes(KEY_BYTES);
      return { key: memberKey(memberId, bytes), sealedKey: seal(master.bytes, bytes, contextOf(memberId)) };
    },
    openMemberKey: (memberId, sealedKey) =>
      memberKey(
        memberId,
        open(master.bytes, sealedKey, contextOf(memberId), `The data key of member ${memberId}`),
      ),
  };
}

function memberKey(memberId: MemberId, bytes: Uint8Array): MemberKey {
  const template = (index: number, network: string) => ['template', memberId, index, network];
  return {
    sealName: (name) => seal(bytes, Buffer.from(name, 'utf8'), ['name', memberId]),
    openName: (sealed) =>
      Buffer.from(open(bytes, sealed, ['name', memberId], `The name of member ${memberId}`)).toString('utf8'),
    sealTemplate: (plain, index, network) => seal(bytes, plain, template(index, network)),
    openTemplate: (sealed, index, network) =>
      open(bytes, sealed, template(index, network), `Template ${index} of member ${memberId}`),
  };
}

function lost(dataDir: string): UserError {
  return new UserError(
    'members.key-lost',
    `The members' database is sealed, but neither ${KEY_VARIABLE} nor the key file ${dataDir}/${KEY_FILE} is there.`,
    'Restore the key from a backup. Without it names and face templates of all members are lost: delete the members database, and enrol them again.',
  );
}

function wrong(found: MasterKey, expected: string): UserError {
  return new UserError(
    'members.key-wrong',
    `The members' database was sealed with the key ${expected}, but the ${found.origin} holds the key ${found.fingerprint}.`,
    'Restore the key that the database was made with. Without it names and face templates of all members are lost, and they must enrol again.',
  );
}

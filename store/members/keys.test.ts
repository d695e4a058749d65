import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newMemberId } from '../../runtime/ids.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/sqlite.ts';
import { openKeys } from './keys.ts';

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smart-store-keys-'));
  database = await openDatabase(join(folder, 'ledger.db'));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const keys = (environment: Record<string, string> = {}) =>
  openKeys({ database, dataDir: folder, environment });
const keyFile = () => join(folder, 'members.key');
const HEX = '0123456789abcdef'.repeat(4);

test('the first start makes a key file that only its owner can read; the next start uses it', async () => {
  const memberId = newMemberId();
  const { key, sealedKey } = (await keys()).newMemberKey(memberId);
  const sealed = key.sealName('Anna');
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  expect(readFileSync(keyFile(), 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(readdirSync(folder).filter((file) => file.startsWith('members.key'))).toEqual(['members.key']);
  expect((await keys()).openMemberKey(memberId, sealedKey).openName(sealed)).toBe('Anna');
});

test('a key in the environment, hexadecimal or base64, needs no file', async () => {
  const memberId = newMemberId();
  const { sealedKey } = (await keys({ SMART_STORE_KEY: HEX })).newMemberKey(memberId);
  const base64 = Buffer.from(HEX, 'hex').toString('base64');
  expect(() => statSync(keyFile())).toThrow('ENOENT');
  const again = await keys({ SMART_STORE_KEY: base64 });
  expect(() => again.openMemberKey(memberId, sealedKey)).not.toThrow();
  expect(() => again.openMemberKey(newMemberId(), sealedKey)).toThrow('moved from another place');
});

test.each([
  ['a key of 16 bytes', 'ab'.repeat(16)],
  ['a pass phrase', 'correct horse battery staple'],
])('%s in the environment is refused without being repeated', async (_what, text) => {
  const error: unknown = await keys({ SMART_STORE_KEY: text }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'members.key-invalid' });
  expect(String(error)).toContain(`${text.length} characters`);
  expect(String(error)).not.toContain(text);
});

test('a key file that others can read is refused, with the command that mends it', async () => {
  await keys();
  chmodSync(keyFile(), 0o640);
  await expect(keys()).rejects.toMatchObject({
    code: 'members.key-exposed',
    next: expect.stringContaining(`chmod 600 ${keyFile()}`) as string,
  });
});

test('a key file of the wrong size says what is lost without it', async () => {
  await keys();
  writeFileSync(keyFile(), 'too short\n');
  await expect(keys()).rejects.toMatchObject({
    code: 'members.key-invalid',
    next: expect.stringContaining('must enrol again') as string,
  });
});

test('a lost key file is not replaced in silence', async () => {
  await keys();
  rmSync(keyFile());
  await expect(keys()).rejects.toMatchObject({ code: 'members.key-lost' });
  expect(() => statSync(keyFile())).toThrow('ENOENT');
});

test('another key is told from damage', async () => {
  await keys();
  await expect(keys({ SMART_STORE_KEY: HEX })).rejects.toMatchObject({ code: 'members.key-wrong' });
});

test('the same name sealed twice looks different', async () => {
  const { key } = (await keys()).newMemberKey(newMemberId());
  expect(Buffer.from(key.sealName('Anna')).equals(key.sealName('Anna'))).toBe(false);
});

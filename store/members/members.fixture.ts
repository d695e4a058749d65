import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toStoreId } from '../../runtime/ids.ts';
import { createLogger } from '../../runtime/logger.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/sqlite.ts';
import { openKeys } from './keys.ts';
import { createMembers, type Members } from './members.ts';
import type { ConsentStatement } from './member.ts';

export const NETWORK = 'test-network-v1';

export const AGREES_TO = (purpose: ConsentStatement['purpose']): ConsentStatement => ({
  purpose,
  textVersion: '2026-11',
  channel: 'kiosk',
});

/** A members' database in a folder of its own, as a store has it. */
export interface MembersRig {
  readonly folder: string;
  readonly database: Database;
  readonly members: Members;
  close(): Promise<void>;
}

export async function openMembersIn(folder: string): Promise<MembersRig> {
  const database = await openDatabase(join(folder, 'ledger.db'));
  const keys = await openKeys({ database, dataDir: folder, environment: {} });
  const members = createMembers({
    database,
    keys,
    clock: () => new Date(),
    logger: createLogger('members', 'silent'),
    storeId: toStoreId('demo'),
  });
  return {
    folder,
    database,
    members,
    close: async () => {
      await members.close();
      await database.close();
    },
  };
}

/** Runs a test in a new folder, and cleans up whatever becomes of it. */
export async function withMembers(test: (rig: MembersRig) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'smart-store-members-'));
  const rig = await openMembersIn(folder);
  try {
    await test(rig);
  } finally {
    await rig.close();
    rmSync(folder, { recursive: true });
  }
}

import type { StoreId } from '../runtime/ids.ts';
import { messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Database } from '../store/database/database.ts';
import { openDatabase } from '../store/database/sqlite.ts';
import { openKeys } from '../store/members/keys.ts';
import { createMembers, type Members } from '../store/members/members.ts';

export interface MembersHouse {
  readonly members: Members;
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens the members' ledger and its keys in the data folder. */
export async function openMembers(dataDir: string, storeId: StoreId, logger: Logger): Promise<MembersHouse> {
  const database = await openDatabase(`${dataDir}/members.db`);
  try {
    const keys = await openKeys({ database, dataDir, environment: process.env });
    const members = createMembers({ database, keys, clock: () => new Date(), logger, storeId });
    return {
      members,
      database,
      async close() {
        await members.close();
        await database.close();
      },
    };
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

/** The names that may be shown, in memory: the page asks for them many times a second. */
export interface Names {
  of(subjectKey: string): string | undefined;
  refresh(): Promise<void>;
}

export function createNames(members: Members, logger: Logger): Names {
  let names = new Map<string, string>();
  return {
    of: (subjectKey) => names.get(subjectKey),
    async refresh() {
      const fresh = new Map<string, string>();
      try {
        for (const { subjectKey } of await members.list()) {
          const name = await members.nameOf(subjectKey);
          if (name !== null) fresh.set(subjectKey, name);
        }
      } catch (thrown) {
        logger.error({ reason: messageOf(thrown) }, 'names could not be read: none is shown');
        fresh.clear();
      }
      names = fresh;
    },
  };
}

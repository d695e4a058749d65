import Database from 'libsql';
import { UserError } from '../../runtime/errors.ts';

/** The right to move consumer groups and to remove old records, held by one process (and one opening) at a time. */
export interface OwnerLock {
  release(): void;
}

/**
 * Takes the lock that lies beside the log, or says at once who cannot. The operating system holds it (SQLite's exclusive
 * lock on a file of its own), so that it is free again the moment its process is gone, however it ended.
 * @throws UserError `log.in-use` when another opening has it
 */
export function takeOwnerLock(logPath: string): OwnerLock {
  const holder = new Database(`${logPath}.owner`, { timeout: 0 });
  try {
    holder.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    holder.close();
    throw new UserError(
      'log.in-use',
      `The event log ${logPath} should be free, but another running store owns it.`,
      'Stop the other store, or give this one its own data folder (SMART_STORE_DATA).',
      { cause },
    );
  }
  return {
    release() {
      holder.exec('ROLLBACK');
      holder.close();
    },
  };
}

import { ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';

/** flock(2): exclusive, and answer at once instead of waiting. */
const LOCK_EX_NB = 2 | 4;
/** An engine whose parent was killed closes its tables and goes; it gets so long. */
const ORPHAN_PATIENCE_MS = 30_000;
const POLL_MS = 50;

/** Who holds a data directory, as the lock file says. */
export interface DirectoryOwner {
  readonly pid: number;
  readonly parentPid: number;
}

/**
 * Takes the data directory for this process: an flock(2) on `engine.lock`, which the kernel takes back whatever way the
 * process ends. An engine that lost its parent is on its way out and is waited for; one whose parent lives is not.
 * @returns the file descriptor that holds the lock, or undefined when another running store has the directory
 */
export async function lockDirectory(directory: string): Promise<number | undefined> {
  mkdirSync(directory, { recursive: true });
  const path = lockPath(directory);
  const descriptor = openSync(path, 'a+', 0o600);
  const libc = koffi.load('libc.so.6');
  const flock = libc.func('flock', 'int', ['int', 'int']);
  const deadline = Date.now() + ORPHAN_PATIENCE_MS;
  while (flock(descriptor, LOCK_EX_NB) !== 0) {
    const owner = readOwner(directory);
    if (Date.now() > deadline || (owner !== undefined && isChildOf(owner.pid, owner.parentPid)))
      return undefined;
    await sleep(POLL_MS);
  }
  ftruncateSync(descriptor, 0);
  writeSync(
    descriptor,
    JSON.stringify({ pid: process.pid, parentPid: process.ppid } satisfies DirectoryOwner),
  );
  return descriptor;
}

/** Who wrote the lock file last; undefined while it is being written. */
export function readOwner(directory: string): DirectoryOwner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(lockPath(directory), 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

const lockPath = (directory: string): string => join(directory, 'engine.lock');

function isOwner(value: unknown): value is DirectoryOwner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    'parentPid' in value &&
    Number.isInteger(value.pid) &&
    Number.isInteger(value.parentPid)
  );
}

/** Linux gives a process whose parent died to another one, so its parent's id changes. */
function isChildOf(pid: number, parentPid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^PPid:\\s+${parentPid}$`, 'm').test(status);
  } catch {
    return false;
  }
}

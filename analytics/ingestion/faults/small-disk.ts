import { execFile } from 'node:child_process';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../../runtime/errors.ts';

const run = promisify(execFile);

/** A disk of a few hundred megabytes that can be filled to the last byte without harm to anything else. */
export interface SmallDisk {
  /** Why it can't be filled: it is only a folder, because this user may not mount one. Null: it can. */
  readonly whyNot: string | null;
  /** Takes all free space but so much. */
  fill(leaveBytes: number): Promise<void>;
  free(): Promise<void>;
  close(): Promise<void>;
}

const FILLER = 'filler';
const ATTEMPTS = 20;

/** Mounts a disk in memory at a folder, where that is allowed. */
export async function mountSmallDisk(folder: string, mebibytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  const filler = join(folder, FILLER);
  const whyNot = await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]).then(
    () => null,
    (error: unknown) =>
      `a small disk can't be mounted: ${messageOf(error).split('\n').at(-1) || 'not allowed'}`,
  );
  return {
    whyNot,
    async fill(leaveBytes) {
      if (whyNot !== null) throw new Error(whyNot);
      // The server writes meanwhile, so what was free a moment ago may not all be there.
      for (let attempt = 1; ; attempt += 1) {
        const { bavail, bsize } = await statfs(folder);
        const bytes = bavail * bsize - leaveBytes;
        if (bytes <= 0) return;
        try {
          await run('fallocate', ['-l', String(bytes), `${filler}-${attempt}`]);
          return;
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
        }
      }
    },
    async free() {
      await Promise.all(
        Array.from({ length: ATTEMPTS }, (_, index) => rm(`${filler}-${index + 1}`, { force: true })),
      );
    },
    async close() {
      if (whyNot === null) await run('umount', ['-l', folder]);
    },
  };
}

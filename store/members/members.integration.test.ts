import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../runtime/child.ts';
import { bytesColumn } from '../database/row.ts';
import { AGREES_TO, NETWORK, withMembers } from './members.fixture.ts';

test('a running store hears of a withdrawal by the command line in another process, and the template is gone from the disk', () =>
  withMembers(async ({ members, database, folder }) => {
    const bytes = new Uint8Array(512).fill(3);
    const consents = [AGREES_TO('door-recognition')];
    await members.enrol({ displayName: 'Anna', consents, templates: [{ network: NETWORK, bytes }] });
    await members.enrol({ displayName: 'Ben', consents, templates: [{ network: NETWORK, bytes }] });
    const [row] = await database.all(
      'SELECT sealed_template FROM templates JOIN members USING (member_id) ORDER BY enrolled_at LIMIT 1',
    );
    const sealed = Buffer.from(bytesColumn(row ?? {}, 'sealed_template'));

    // the first look of a new listener comes in any case
    await new Promise<void>((resolve) => {
      const stop = members.onGalleryChanged(() => {
        stop();
        resolve();
      });
      void members.enrol({ displayName: 'Cleo', consents, templates: [{ network: NETWORK, bytes }] });
    });
    const heard = new Promise<void>((resolve) => {
      members.onGalleryChanged(resolve);
    });
    const child = startChild(new URL('./withdrawal.process.ts', import.meta.url), [folder, 'Anna'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    await heard;
    expect(await members.galleryEntries(NETWORK)).toHaveLength(2);
    expect(await members.needingReEnrolment(NETWORK)).toEqual([]);

    expect(await database.eraseDeleted()).toBe(true);
    const disk = Buffer.concat(
      readdirSync(folder)
        .filter((file) => file.startsWith('ledger.db'))
        .map((file) => readFileSync(join(folder, file))),
    );
    expect(disk.includes(sealed.subarray(13, 45))).toBe(false);
  }));

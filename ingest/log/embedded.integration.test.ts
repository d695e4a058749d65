import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventLog } from './conformance.ts';
import { openEmbeddedLog } from './embedded.ts';

describeEventLog('the embedded log', async (topics) => {
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-log-'));
  const path = join(folder, 'log.db');
  let current = openEmbeddedLog({ path, topics });
  return {
    log: current,
    async reopen() {
      await current.close();
      current = openEmbeddedLog({ path, topics });
      return current;
    },
    async cleanup() {
      await current.close();
      await rm(folder, { recursive: true });
    },
  };
});

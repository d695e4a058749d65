import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../runtime/paths.ts';

/** A folder for one test, with the demo store on a short day whose video plays again and again. */
export interface ShortDay {
  readonly dataDir: string;
  readonly configPath: string;
  /** Starts the store as a person would, on a free port, and waits until it is open. */
  start(): Promise<StoreProcess>;
  /** Kills what still runs and removes the folder. */
  close(): Promise<void>;
}

export interface StoreProcess {
  readonly child: ChildProcess;
  /** Where the page is. */
  readonly url: string;
}

/** Short, so that it is rendered quickly. Its four members walk through the lane and beside it, among others. */
const SCENARIO = { seed: 7, shoppers: 7, minutes: 0.45, members: ['3a', '3b', '6b', '6d'], memberShare: 0.6 };

/** Servers that a store of the cluster profile is sent to. */
export interface Servers {
  readonly brokers: readonly string[];
  readonly clickHouseUrl: string;
}

/** Test support: the whole store, as a process of its own; on the cluster profile when servers are given. */
export async function openShortDay(servers?: Servers): Promise<ShortDay> {
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-short-day-'));
  const dataDir = join(folder, 'data');
  const configPath = join(folder, 'store.yaml');
  const demo = await readFile(`${ROOT}config/demo/store.yaml`, 'utf8');
  await writeFile(configPath, demo + (servers === undefined ? '' : sectionsFor(servers)));
  await writeFile(join(folder, 'scenario.yaml'), JSON.stringify(SCENARIO));
  const children: ChildProcess[] = [];
  return {
    dataDir,
    configPath,
    async start() {
      const args = ['bin/smart-store.js', 'start', '--config', configPath, '--data', dataDir, '--port', '0'];
      if (servers !== undefined) args.push('--profile', 'cluster');
      const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      let words = '';
      child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
      for await (const line of createInterface({ input: child.stdout })) {
        const url = /(http:\S+)/.exec(line)?.[1];
        if (url !== undefined) return { child, url };
      }
      throw new Error(`the store did not open:\n${words}`);
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

function sectionsFor({ brokers, clickHouseUrl }: Servers): string {
  return `\nkafka: ${JSON.stringify({ brokers })}\nanalytics: ${JSON.stringify({ url: clickHouseUrl })}\n`;
}

import type { Deployment } from '../config/schema.ts';
import { deploymentOf } from './options.ts';
import { INTERRUPTED, leaveSoon, untilSignalled } from './signals.ts';
import { openStore } from './store.ts';

export interface StartOptions {
  readonly configPath: string;
  readonly dataDir: string;
  readonly port?: number;
  /** Overrides the configuration's profile. */
  readonly profile?: Deployment['profile'];
}

/** `smart-store start`: opens the store and runs it until Ctrl-C, a termination signal or a part that can't go on. */
export async function runStore({ configPath, dataDir, port, profile }: StartOptions): Promise<void> {
  const startedAtMs = Date.now();
  const say = (message: string): void => {
    const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(5);
    process.stderr.write(`${seconds} s  ${message}\n`);
  };
  const deployment = deploymentOf({ config: configPath, ...(profile === undefined ? {} : { profile }) });
  const [store] = deployment.stores;
  say(`opening ${store?.title ?? 'the store'} (${configPath}, profile ${deployment.profile})`);

  const interrupted = untilSignalled();
  let isOpen = false;
  void interrupted.then((signal) => {
    if (isOpen) return;
    // Nothing is in hand yet: what an earlier run acknowledged is on disk, and the engine ends with this process.
    say(`stopped while opening (${signal})`);
    process.exit(INTERRUPTED);
  });
  const running = await openStore({
    deployment,
    configPath,
    dataDir,
    progress: say,
    ...(port === undefined ? {} : { port }),
  });
  isOpen = true;
  say('open');
  process.stdout.write(
    `\n  ${store?.title ?? 'The store'} is open: ${running.url}\n  Ctrl-C closes it; everything is kept in ${keptIn(deployment, dataDir)}\n\n`,
  );
  try {
    const signal = await Promise.race([interrupted, running.closed]);
    if (signal !== undefined) say(`closing (${signal}); again to leave at once`);
  } finally {
    await running.close();
    say('closed');
    leaveSoon();
  }
}

function keptIn({ profile, kafka, analytics }: Deployment, dataDir: string): string {
  return profile === 'embedded'
    ? dataDir
    : `${dataDir}, Kafka (${kafka.brokers.join(', ')}) and ClickHouse (${analytics.url})`;
}

import { loadDeployment } from '../config/load.ts';
import { openStore } from './store.ts';

export interface StartOptions {
  readonly configPath: string;
  readonly dataDir: string;
  readonly port?: number;
}

/** `smart-store start`: opens the store and runs it until Ctrl-C, a termination signal or a part that can't go on. */
export async function runStore({ configPath, dataDir, port }: StartOptions): Promise<void> {
  const startedAtMs = Date.now();
  const say = (message: string): void => {
    const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(5);
    process.stderr.write(`${seconds} s  ${message}\n`);
  };
  const deployment = loadDeployment(configPath);
  const [store] = deployment.stores;
  say(`opening ${store?.title ?? 'the store'} (${configPath})`);

  const interrupted = signalled();
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
    `\n  ${store?.title ?? 'The store'} is open: ${running.url}\n  Ctrl-C closes it; everything is kept in ${dataDir}\n\n`,
  );
  try {
    const signal = await Promise.race([interrupted, running.closed]);
    if (signal !== undefined) say(`closing (${signal}); again to leave at once`);
  } finally {
    await running.close();
    say('closed');
  }
}

/** What a shell expects of a process that an interrupt ended. */
const INTERRUPTED = 130;
/** One Ctrl-C may arrive twice: from the terminal, and from npm that passes it on. */
const ECHO_MS = 1_000;

/** The first SIGINT or SIGTERM; a later one ends the process at once, which loses nothing that was acknowledged. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const hear = (signal: NodeJS.Signals): void => {
      firstAtMs ??= Date.now();
      if (Date.now() - firstAtMs > ECHO_MS) process.exit(INTERRUPTED);
      resolve(signal);
    };
    process.on('SIGINT', hear);
    process.on('SIGTERM', hear);
  });
}

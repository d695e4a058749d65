/** What a shell expects of a process that an interrupt ended. */
export const INTERRUPTED = 130;
/** One Ctrl-C may arrive twice: from the terminal, and from npm that passes it on. */
const ECHO_MS = 1_000;

/** The first SIGINT or SIGTERM; a later one ends the process at once, which loses nothing that was acknowledged. */
export function untilSignalled(): Promise<NodeJS.Signals> {
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

const LINGER_MS = 2_000;

/** Everything is closed: a library that still holds a timer or a connection must not hold the process. */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Other threads of the machine are asked first; about a tenth of the share of one that did not yield (nice 10). */
const YIELDING = 10;

/**
 * The calling thread, and threads that it starts from now on, yield the processor to all others: for work that may be done
 * less often when the machine is busy. On Linux every thread has a priority of its own, though Node calls it a process's;
 * elsewhere nothing happens.
 */
export function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1)); // `PID/task/TID`
  setPriority(threadId, YIELDING);
}

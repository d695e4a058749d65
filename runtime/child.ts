import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts a TypeScript module of ours in a child process of the same Node.
 * @param module URL of the module, usually `new URL('./name.process.ts', import.meta.url)`
 */
export function startChild(module: URL, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const loader = import.meta.resolve('tsx');
  return spawn(process.execPath, ['--import', loader, fileURLToPath(module), ...args], options);
}

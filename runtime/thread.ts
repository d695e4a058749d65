import { Worker, workerData, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a TypeScript module of ours in a worker thread.
 * @param module URL of the module, usually `new URL('./name.thread.ts', import.meta.url)`
 * @param data structured-clonable start-up data, read in the thread with {@link threadData}
 */
export function startThread(
  module: URL,
  data: unknown,
  options: Omit<WorkerOptions, 'workerData'> = {},
): Worker {
  return new Worker(new URL('./thread-entry.mjs', import.meta.url), {
    ...options,
    workerData: { entry: module.href, data },
  });
}

/** What {@link startThread} was given. The caller names the type because both ends stand side by side. */
export function threadData<Data>(): Data {
  return (workerData as { data: Data }).data;
}

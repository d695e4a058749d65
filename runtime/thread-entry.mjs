// Node 20 does not run TypeScript in a worker thread: this entry registers the loader there and then imports the module.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);

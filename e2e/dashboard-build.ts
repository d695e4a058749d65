import { build } from 'vite';
import { ROOT } from '../runtime/paths.ts';

/** Builds the page from the sources of now: a test of yesterday's build would prove nothing. */
export async function buildDashboard(): Promise<void> {
  await build({ root: `${ROOT}dashboard`, configFile: `${ROOT}dashboard/vite.config.ts`, logLevel: 'error' });
}

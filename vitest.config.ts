import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Three projects: `unit` is fast and alone, `integration` needs real servers and networks, `e2e` drives a browser. */
export default defineConfig({
  test: {
    projects: [
      {
        // Compiles the runes of the dashboard's state (*.svelte.ts).
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'unit',
          include: [
            '{runtime,config,ingest,vision,store,analytics,dashboard,simulation,bin,scripts}/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          globalSetup: ['ingest/kafka/shared-broker.setup.ts'],
          include: ['**/*.integration.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Two files at a time: they wait for servers more than they compute (577 s one after the other, 380 s so).
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

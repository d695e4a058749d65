import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fp from 'fastify-plugin';
import { UserError } from '../../../runtime/errors.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;

export interface DashboardFilesOptions {
  readonly dashboardDir: string;
}

/**
 * Serves the built page. Vite names assets by their content, so they never change; the page that names them does.
 * @throws UserError `dashboard.not-built`
 */
export const dashboardFiles = fp<DashboardFilesOptions>(
  async (app, { dashboardDir }) => {
    if (!existsSync(`${dashboardDir}/index.html`)) {
      throw new UserError(
        'dashboard.not-built',
        `Expected the built dashboard in ${dashboardDir}; there is no index.html.`,
        'Run "npm run build".',
      );
    }
    await app.register(fastifyStatic, {
      root: dashboardDir,
      cacheControl: false,
      setHeaders: (response, path) => {
        const forever = path.includes('/assets/');
        response.setHeader(
          'cache-control',
          forever ? `public, max-age=${YEAR_MS / 1000}, immutable` : 'no-cache',
        );
      },
    });
  },
  { name: 'dashboard-files', dependencies: ['problem-details', 'security-headers'], fastify: '5.x' },
);

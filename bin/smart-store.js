#!/usr/bin/env node
// The command line. Node 20 does not run TypeScript: the loader is registered here, then everything is TypeScript.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx', import.meta.url))) {
  process.stderr.write('The npm packages are not installed. Type "npm start" once, or "npm ci".\n');
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./main.ts');
await main(process.argv);

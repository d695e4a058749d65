import { readFileSync } from 'node:fs';
import { ROOT } from './paths.ts';

/** The release that runs, as package.json says. */
export function versionOfPackage(): string {
  const text: unknown = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : 'unknown';
}

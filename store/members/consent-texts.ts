import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Static } from 'typebox';
import type { ConsentPurpose as ConsentPurposeSchema } from '../../ingest/events/consent-given.ts';
import { UserError } from '../../runtime/errors.ts';

export type ConsentPurpose = Static<typeof ConsentPurposeSchema>;

const FOLDER = new URL('./consent-texts/', import.meta.url);

/** The version that people are asked to agree to today. Published versions stay: somebody has agreed to them. */
export const CURRENT_TEXT_VERSION = '2026-11';

/** The versions that were ever published, oldest first. */
export function consentTextVersions(): readonly string[] {
  return readdirSync(FOLDER).sort();
}

/**
 * What a person agrees to, in plain words (Markdown).
 * @throws UserError `members.unknown-text` when no such text was published
 */
export function consentText(purpose: ConsentPurpose, version: string): string {
  const file = new URL(`${encodeURIComponent(version)}/${purpose}.md`, FOLDER);
  if (!consentTextVersions().includes(version) || !existsSync(file)) {
    throw new UserError(
      'members.unknown-text',
      `A consent to ${purpose} must name a text that was published; there is no version ${JSON.stringify(version)} of it.`,
      `Published versions: ${consentTextVersions().join(', ')}.`,
    );
  }
  return readFileSync(file, 'utf8');
}

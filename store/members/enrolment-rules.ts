import { UserError } from '../../runtime/errors.ts';
import type { MemberId } from '../../runtime/ids.ts';
import { consentText, CURRENT_TEXT_VERSION, type ConsentPurpose } from './consent-texts.ts';
import type { ConsentStatement, FaceTemplate } from './member.ts';

const LONGEST_NAME = 100;
/** More than any face network makes; larger is a picture by mistake. */
const LARGEST_TEMPLATE_BYTES = 16_384;

/** The name without space around it. @throws UserError `members.invalid` */
export function checkedName(displayName: string): string {
  const name = displayName.trim();
  if (name !== '' && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)) return name;
  throw new UserError(
    'members.invalid',
    `A member's name is expected to have 1 to ${LONGEST_NAME} characters in one line; this one has ${name.length}.`,
    'Give the name that the person wants to be called by.',
  );
}

/** @throws UserError `members.invalid`; the message holds no byte of a template */
export function checkTemplates(templates: readonly FaceTemplate[]): void {
  if (templates.length === 0) {
    throw new UserError(
      'members.invalid',
      'At least one face template is expected, found none.',
      'Enrol with at least one photograph in which the face is found; three from different views are better.',
    );
  }
  for (const [index, { network, bytes }] of templates.entries()) {
    if (network !== '' && bytes.length > 0 && bytes.length <= LARGEST_TEMPLATE_BYTES) continue;
    throw new UserError(
      'members.invalid',
      `Template ${index} is expected to name its network and to have 1 to ${LARGEST_TEMPLATE_BYTES} bytes; it has ${bytes.length}.`,
      'Hand over what the face network answered, and nothing else.',
    );
  }
}

/** @throws UserError `members.unknown-text`, or `members.invalid` for one consent twice */
export function checkConsentTexts(consents: readonly ConsentStatement[]): void {
  for (const { purpose, textVersion } of consents) consentText(purpose, textVersion);
  const different = new Set(consents.map(({ purpose, textVersion }) => `${purpose} ${textVersion}`));
  if (different.size < consents.length) {
    throw new UserError(
      'members.invalid',
      'Every consent is expected once, found one twice.',
      'Name each purpose once.',
    );
  }
}

export function consentRequired(): UserError {
  return new UserError(
    'members.consent-required',
    'A face template is kept only for a person who has explicitly agreed to door-recognition; there is no such consent.',
    `Show the person the text (version ${CURRENT_TEXT_VERSION}), ask, and record the consent to door-recognition; without it they shop as before.`,
  );
}

export function noConsent(memberId: MemberId, purpose: ConsentPurpose): UserError {
  return new UserError(
    'members.no-consent',
    `Member ${memberId} has no active consent to ${purpose} that could be withdrawn.`,
    'See what is active with `smart-store members show`.',
  );
}

export function unknownMember(who: string): UserError {
  return new UserError(
    'members.unknown',
    `A member is expected, but there is none with the id ${who}.`,
    'See who is there with `smart-store members list`.',
  );
}

import { UserError } from '../../runtime/errors.ts';
import { consentText, CURRENT_TEXT_VERSION, type ConsentPurpose } from './consent-texts.ts';
import { consentRequired } from './enrolment-rules.ts';
import type { Members } from './members.ts';
import type { ConsentChannel, FaceTemplate, Member, MemberWithHistory } from './member.ts';

/** Makes a template from a photograph; vision does it, the command line passes it in. */
export type TemplateFromPicture = (
  picturePath: string,
) => Promise<
  { readonly ok: true; readonly template: FaceTemplate } | { readonly ok: false; readonly reason: string }
>;

export interface Output {
  readonly json: boolean;
}

export interface EnrolOptions extends Output {
  readonly displayName: string;
  readonly pictures: readonly string[];
  /** What the person has agreed to, asked one by one. */
  readonly consents: readonly ConsentPurpose[];
  readonly channel?: ConsentChannel;
  readonly textVersion?: string;
}

/**
 * `smart-store members list`. Every command answers with the text for standard output.
 * @param network the network that the door uses now, where it is known
 */
export async function listCommand(
  members: Members,
  { json, network }: Output & { network?: string },
): Promise<string> {
  const outdated = new Set(
    network === undefined ? [] : (await members.needingReEnrolment(network)).map(({ memberId }) => memberId),
  );
  const rows = (await members.list()).map((member) => ({
    ...summary(member),
    needsReEnrolment: network === undefined ? null : outdated.has(member.memberId),
  }));
  if (json) return toJson({ members: rows });
  if (rows.length === 0) return 'No members yet. Enrol one with `smart-store members enrol`.\n';
  return rows
    .map(
      ({ memberId, displayName, activeConsents, needsReEnrolment }) =>
        `${memberId}  ${displayName}  (${activeConsents.join(', ') || 'no consent'})${needsReEnrolment === true ? '  needs re-enrolment: the network has changed' : ''}\n`,
    )
    .join('');
}

/** `smart-store members show NAME-OR-ID` */
export async function showCommand(members: Members, who: string, { json }: Output): Promise<string> {
  const member = await members.show((await onlyMember(members, who)).memberId);
  if (json) return toJson({ ...summary(member), consentHistory: member.consentHistory });
  const templates = Object.entries(member.templates).map(([network, count]) => `${count} by ${network}`);
  return [
    member.displayName,
    `  id          ${member.memberId}`,
    `  pseudonym   ${member.subjectKey}`,
    `  enrolled    ${member.enrolledAt}`,
    `  templates   ${templates.join(', ') || 'none'}`,
    '  consents',
    ...member.consentHistory.map(
      ({ purpose, textVersion, channel, givenAt, withdrawnAt }) =>
        `    ${purpose} (text ${textVersion}, ${channel})  given ${givenAt}${withdrawnAt === null ? '' : `, withdrawn ${withdrawnAt}`}`,
    ),
    '',
  ].join('\n');
}

/**
 * `smart-store members enrol`. Pictures without a usable face are named with the reason; one usable picture is enough.
 * @throws UserError `members.consent-required` (with the text to agree to), `members.no-usable-picture`
 */
export async function enrolCommand(
  members: Members,
  options: EnrolOptions,
  templateFromPicture: TemplateFromPicture,
): Promise<string> {
  const {
    displayName,
    pictures,
    consents,
    channel = 'command-line',
    textVersion = CURRENT_TEXT_VERSION,
    json,
  } = options;
  // asked before any picture is opened: without consent there is nothing to compute
  if (!consents.includes('door-recognition')) {
    const { code, message, next } = consentRequired();
    throw new UserError(code, `${message}\n\n${consentText('door-recognition', textVersion)}`, next);
  }
  const templates: FaceTemplate[] = [];
  const refused: { picture: string; reason: string }[] = [];
  for (const picture of pictures) {
    const made = await templateFromPicture(picture);
    if (made.ok) templates.push(made.template);
    else refused.push({ picture, reason: made.reason });
  }
  const refusals = refused.map(({ picture, reason }) => `  ${picture}: ${reason}\n`).join('');
  if (templates.length === 0) {
    throw new UserError(
      'members.no-usable-picture',
      `At least one photograph with one clear face is expected, found none among ${pictures.length}.\n${refusals}`,
      'Take a photograph from the front, in even light, with the face alone and at least 150 pixels wide.',
    );
  }
  const statements = consents.map((purpose) => ({ purpose, textVersion, channel }));
  const member = await members.enrol({ displayName, consents: statements, templates });
  if (json) return toJson({ ...summary(member), refusedPictures: refused });
  return `${member.displayName} is a member (${member.memberId}), known from ${templates.length} of ${pictures.length} photographs.\n${refusals}`;
}

/** `smart-store members withdraw NAME-OR-ID`; without a purpose it is recognition at the door. */
export async function withdrawCommand(
  members: Members,
  who: string,
  { json, purpose = 'door-recognition' }: Output & { purpose?: ConsentPurpose },
): Promise<string> {
  const { memberId, displayName } = await onlyMember(members, who);
  await members.withdrawConsent(memberId, purpose);
  if (json) return toJson({ memberId, withdrawn: purpose });
  return purpose === 'door-recognition'
    ? `${displayName} is no longer recognised at the door, and the templates are deleted.\n`
    : `The consent of ${displayName} to ${purpose} is withdrawn.\n`;
}

/** `smart-store members remove NAME-OR-ID` */
export async function removeCommand(members: Members, who: string, { json }: Output): Promise<string> {
  const { memberId, displayName } = await onlyMember(members, who);
  await members.remove(memberId);
  return json
    ? toJson({ memberId, removed: true })
    : `${displayName} is no longer a member; name, consents and templates are deleted.\n`;
}

async function onlyMember(members: Members, who: string): Promise<Member> {
  const found = await members.find(who);
  const [first] = found;
  if (first === undefined) {
    throw new UserError(
      'members.unknown',
      `A member is expected, but none has the name or an id that begins with ${JSON.stringify(who)}.`,
      'See who is there with `smart-store members list`.',
    );
  }
  if (found.length > 1) {
    throw new UserError(
      'members.ambiguous',
      `One member is expected, but ${JSON.stringify(who)} fits ${found.length}:\n${found.map(({ memberId, displayName }) => `  ${memberId}  ${displayName}`).join('\n')}`,
      'Use the whole id.',
    );
  }
  return first;
}

function summary({
  memberId,
  subjectKey,
  displayName,
  enrolledAt,
  activeConsents,
  templates,
}: Member | MemberWithHistory) {
  return { memberId, subjectKey, displayName, enrolledAt, activeConsents, templates };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

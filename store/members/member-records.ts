import { newId, toMemberId, toSubjectKey, type MemberId, type SubjectKey } from '../../runtime/ids.ts';
import type { Queries, Row } from '../database/database.ts';
import { bytesColumn, integerColumn, optionalTextColumn, textColumn } from '../database/row.ts';
import type { ConsentPurpose } from './consent-texts.ts';
import type { Keys, MemberKey } from './keys.ts';
import type {
  ConsentChannel,
  ConsentRecord,
  ConsentStatement,
  FaceTemplate,
  GalleryEntry,
  MemberWithHistory,
} from './member.ts';

/** A row of `members`, its key opened. */
export interface MemberRecord {
  readonly memberId: MemberId;
  readonly subjectKey: SubjectKey;
  readonly displayName: string;
  readonly enrolledAt: string;
  readonly key: MemberKey;
}

const PURPOSES: readonly ConsentPurpose[] = ['door-recognition', 'show-name'];
const CHANNELS: readonly ConsentChannel[] = ['command-line', 'kiosk', 'simulation'];

export async function insertMember(
  queries: Queries,
  member: Omit<MemberRecord, 'displayName'>,
  sealedKey: Uint8Array,
  displayName: string,
): Promise<void> {
  await queries.run(
    'INSERT INTO members (member_id, subject_key, sealed_key, sealed_name, enrolled_at) VALUES (?, ?, ?, ?, ?)',
    [member.memberId, member.subjectKey, sealedKey, member.key.sealName(displayName), member.enrolledAt],
  );
}

export async function readMembers(
  queries: Queries,
  keys: Keys,
  memberId?: MemberId,
): Promise<MemberRecord[]> {
  const rows = await queries.all(
    `SELECT member_id, subject_key, sealed_key, sealed_name, enrolled_at FROM members
     WHERE ?1 IS NULL OR member_id = ?1 ORDER BY enrolled_at, member_id`,
    [memberId ?? null],
  );
  return rows.map((row) => {
    const id = toMemberId(textColumn(row, 'member_id'));
    const key = keys.openMemberKey(id, bytesColumn(row, 'sealed_key'));
    return {
      memberId: id,
      subjectKey: toSubjectKey(textColumn(row, 'subject_key')),
      displayName: key.openName(bytesColumn(row, 'sealed_name')),
      enrolledAt: textColumn(row, 'enrolled_at'),
      key,
    };
  });
}

/** Gives a member another data key, so that what the old one sealed can't be opened again even where its bytes survive. */
export async function replaceKey(queries: Queries, keys: Keys, member: MemberRecord): Promise<void> {
  const { key, sealedKey } = keys.newMemberKey(member.memberId);
  await queries.run('UPDATE members SET sealed_key = ?, sealed_name = ? WHERE member_id = ?', [
    sealedKey,
    key.sealName(member.displayName),
    member.memberId,
  ]);
}

export async function insertConsent(
  queries: Queries,
  memberId: MemberId,
  consent: ConsentStatement,
  givenAt: string,
): Promise<void> {
  await queries.run(
    `INSERT INTO consents (consent_id, member_id, purpose, text_version, channel, given_at) VALUES (?, ?, ?, ?, ?, ?)`,
    [newId(), memberId, consent.purpose, consent.textVersion, consent.channel, givenAt],
  );
}

/** How many consents were active and are so no more. */
export async function withdrawConsents(
  queries: Queries,
  memberId: MemberId,
  purpose: ConsentPurpose,
  withdrawnAt: string,
): Promise<number> {
  const active = await queries.all(
    'SELECT consent_id FROM consents WHERE member_id = ? AND purpose = ? AND withdrawn_at IS NULL',
    [memberId, purpose],
  );
  for (const row of active) {
    await queries.run('UPDATE consents SET withdrawn_at = ? WHERE consent_id = ?', [
      withdrawnAt,
      textColumn(row, 'consent_id'),
    ]);
  }
  return active.length;
}

export async function readConsents(queries: Queries, memberId: MemberId): Promise<ConsentRecord[]> {
  const rows = await queries.all(
    `SELECT purpose, text_version, channel, given_at, withdrawn_at FROM consents
     WHERE member_id = ? ORDER BY given_at, consent_id`,
    [memberId],
  );
  return rows.map((row) => ({
    purpose: oneOf(PURPOSES, textColumn(row, 'purpose')),
    textVersion: textColumn(row, 'text_version'),
    channel: oneOf(CHANNELS, textColumn(row, 'channel')),
    givenAt: textColumn(row, 'given_at'),
    withdrawnAt: optionalTextColumn(row, 'withdrawn_at'),
  }));
}

/** Puts these templates in the place of all that the member had. */
export async function replaceTemplates(
  queries: Queries,
  memberId: MemberId,
  key: MemberKey,
  templates: readonly FaceTemplate[],
): Promise<void> {
  await queries.run('DELETE FROM templates WHERE member_id = ?', [memberId]);
  for (const [index, { network, bytes }] of templates.entries()) {
    await queries.run(
      'INSERT INTO templates (member_id, template_index, network, sealed_template) VALUES (?, ?, ?, ?)',
      [memberId, index, network, key.sealTemplate(bytes, index, network)],
    );
  }
}

/** Opens the templates of one network, of members whose consent to recognition is active. */
export async function readGallery(queries: Queries, keys: Keys, network: string): Promise<GalleryEntry[]> {
  const rows = await queries.all(
    `SELECT member_id, subject_key, sealed_key, template_index, sealed_template
     FROM templates JOIN members USING (member_id)
     WHERE network = ? AND EXISTS (
       SELECT 1 FROM consents WHERE consents.member_id = templates.member_id
         AND purpose = 'door-recognition' AND withdrawn_at IS NULL)
     ORDER BY member_id, template_index`,
    [network],
  );
  const byMember = new Map<string, Row[]>();
  for (const row of rows) {
    const memberId = textColumn(row, 'member_id');
    byMember.set(memberId, [...(byMember.get(memberId) ?? []), row]);
  }
  return [...byMember].flatMap(([id, [first, ...rest]]) => {
    if (first === undefined) return [];
    const memberId = toMemberId(id);
    const key = keys.openMemberKey(memberId, bytesColumn(first, 'sealed_key'));
    const templates = [first, ...rest].map((row) =>
      key.openTemplate(bytesColumn(row, 'sealed_template'), integerColumn(row, 'template_index'), network),
    );
    return [{ memberId, subjectKey: toSubjectKey(textColumn(first, 'subject_key')), network, templates }];
  });
}

/** A member as it may be shown, with the whole history. */
export async function describeMember(queries: Queries, record: MemberRecord): Promise<MemberWithHistory> {
  const { memberId, subjectKey, displayName, enrolledAt } = record;
  const consentHistory = await readConsents(queries, memberId);
  const active = new Set(consentHistory.filter((c) => c.withdrawnAt === null).map((c) => c.purpose));
  const counts = await queries.all(
    'SELECT network, count(*) AS templates FROM templates WHERE member_id = ? GROUP BY network ORDER BY network',
    [memberId],
  );
  return {
    memberId,
    subjectKey,
    displayName,
    enrolledAt,
    activeConsents: PURPOSES.filter((purpose) => active.has(purpose)),
    templates: Object.fromEntries(
      counts.map((row) => [textColumn(row, 'network'), integerColumn(row, 'templates')]),
    ),
    consentHistory,
  };
}

/** The member behind a pseudonym whose consent to this purpose is active. */
export async function consentingMember(
  queries: Queries,
  subjectKey: SubjectKey,
  purpose: ConsentPurpose,
): Promise<MemberId | undefined> {
  const [row] = await queries.all(
    `SELECT member_id FROM members JOIN consents USING (member_id)
     WHERE subject_key = ? AND purpose = ? AND withdrawn_at IS NULL`,
    [subjectKey, purpose],
  );
  return row === undefined ? undefined : toMemberId(textColumn(row, 'member_id'));
}

function oneOf<Choice extends string>(choices: readonly Choice[], text: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new TypeError(`expected one of ${choices.join(', ')} in the database`);
  return found;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsentGiven } from '../../ingest/events/consent-given.ts';
import { ConsentWithdrawn } from '../../ingest/events/consent-withdrawn.ts';
import { createEvent, type EventFacts } from '../../ingest/events/envelope.ts';
import { MemberEnrolled } from '../../ingest/events/member-enrolled.ts';
import {
  newMemberId,
  toSubjectKey,
  type MemberId,
  type StoreId,
  type SubjectKey,
} from '../../runtime/ids.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Database, Queries } from '../database/database.ts';
import { writeToOutbox } from '../database/outbox.ts';
import type { ConsentPurpose } from './consent-texts.ts';
import {
  checkConsentTexts,
  checkedName,
  checkTemplates,
  consentRequired,
  noConsent,
  unknownMember,
} from './enrolment-rules.ts';
import { createGalleryWatch } from './gallery-watch.ts';
import type { Keys } from './keys.ts';
import {
  consentingMember,
  describeMember,
  insertConsent,
  insertMember,
  readConsents,
  readGallery,
  readMembers,
  replaceKey,
  replaceTemplates,
  withdrawConsents,
  type MemberRecord,
} from './member-records.ts';
import type {
  ConsentStatement,
  EnrolRequest,
  FaceTemplate,
  GalleryEntry,
  Member,
  MemberWithHistory,
} from './member.ts';

/** The members of a store: who they are, what they agreed to, and the sealed descriptions of their faces. */
export interface Members {
  /**
   * Makes a person a member, with their consents and templates, in one transaction.
   * @throws UserError `members.consent-required`, `members.unknown-text`, `members.invalid`
   */
  enrol(request: EnrolRequest): Promise<MemberWithHistory>;
  /** Replaces the templates, for example after a change of network. @throws UserError `members.consent-required` */
  reEnrol(memberId: MemberId, templates: readonly FaceTemplate[]): Promise<void>;
  /** Giving what is given already changes nothing. */
  giveConsent(memberId: MemberId, consent: ConsentStatement): Promise<void>;
  /** Withdrawing `door-recognition` deletes the templates with it. @throws UserError `members.no-consent` */
  withdrawConsent(memberId: MemberId, purpose: ConsentPurpose): Promise<void>;
  /** Deletes the member with their key, consents and templates. */
  remove(memberId: MemberId): Promise<void>;
  list(): Promise<readonly Member[]>;
  /** @throws UserError `members.unknown` */
  show(memberId: MemberId): Promise<MemberWithHistory>;
  /** Everyone whose id begins with the text, or whose name is it (or else begins with it), in any case. */
  find(nameOrIdPrefix: string): Promise<readonly Member[]>;
  /** Consenting members of whom no template was made by this network: the door can't know them until they come again. */
  needingReEnrolment(network: string): Promise<readonly Member[]>;
  /** Templates made by this network, of members with an active consent; others are never handed out for comparison. */
  galleryEntries(network: string): Promise<readonly GalleryEntry[]>;
  /**
   * Calls back at once after a change made here, and within a second after one that another process made. Subscribe
   * first, then read the gallery.
   */
  onGalleryChanged(listener: () => void): () => void;
  /** The name behind a pseudonym, or null unless its member agreed to have it shown. */
  nameOf(subjectKey: SubjectKey): Promise<string | null>;
  /** Leaves the database open: it belongs to who opened it. */
  close(): Promise<void>;
}

export interface MembersOptions {
  readonly database: Database;
  readonly keys: Keys;
  readonly clock: () => Date;
  readonly logger: Logger;
  readonly storeId: StoreId;
}

const ERASE_ATTEMPTS = 20;
const ERASE_PAUSE_MS = 50;

export function createMembers(options: MembersOptions): Members {
  const { database, keys, clock, logger } = options;
  const watch = createGalleryWatch({
    database,
    logger,
    onForeignChange: async () => {
      await database.eraseDeleted();
    },
  });

  /** Deleted templates leave the journal too, as soon as no other process reads. */
  const eraseDeleted = async (): Promise<void> => {
    for (let attempt = 0; attempt < ERASE_ATTEMPTS; attempt++) {
      if (await database.eraseDeleted()) return;
      await sleep(ERASE_PAUSE_MS);
    }
    logger.warn('another process keeps reading: deleted bytes leave the journal when it is done');
  };
  const knownMember = async (queries: Queries, memberId: MemberId): Promise<MemberRecord> => {
    const [member] = await readMembers(queries, keys, memberId);
    if (member === undefined) throw unknownMember(memberId);
    return member;
  };
  const describeAll = (): Promise<readonly MemberWithHistory[]> =>
    database.transaction(async (queries) => {
      const described: MemberWithHistory[] = [];
      for (const record of await readMembers(queries, keys))
        described.push(await describeMember(queries, record));
      return described;
    });

  return {
    enrol: async ({ displayName, consents, templates }) => {
      const name = checkedName(displayName);
      checkTemplates(templates);
      checkConsentTexts(consents);
      if (!consents.some(({ purpose }) => purpose === 'door-recognition')) throw consentRequired();
      const at = clock();
      const memberId = newMemberId();
      const { key, sealedKey } = keys.newMemberKey(memberId);
      const member = { memberId, subjectKey: toSubjectKey(randomUUID()), enrolledAt: at.toISOString(), key };
      const tell = factsFor(options.storeId, member.subjectKey, at);
      const described = await database.transaction(async (queries) => {
        await insertMember(queries, member, sealedKey, name);
        for (const consent of consents) await insertConsent(queries, memberId, consent, member.enrolledAt);
        await replaceTemplates(queries, memberId, key, templates);
        await writeToOutbox(queries, [
          createEvent(
            MemberEnrolled,
            tell({
              subjectKey: member.subjectKey,
              references: templates.length,
              network: networksOf(templates),
            }),
          ),
          ...consents.map((consent) =>
            createEvent(ConsentGiven, tell(consentFacts(member.subjectKey, consent))),
          ),
        ]);
        return describeMember(queries, { ...member, displayName: name });
      });
      await watch.look();
      return described;
    },

    reEnrol: async (memberId, templates) => {
      checkTemplates(templates);
      await database.transaction(async (queries) => {
        const member = await knownMember(queries, memberId);
        const consents = await readConsents(queries, memberId);
        if (
          !consents.some(({ purpose, withdrawnAt }) => purpose === 'door-recognition' && withdrawnAt === null)
        ) {
          throw consentRequired();
        }
        await replaceTemplates(queries, memberId, member.key, templates);
      });
      await eraseDeleted();
      await watch.look();
    },

    giveConsent: async (memberId, consent) => {
      checkConsentTexts([consent]);
      const at = clock();
      await database.transaction(async (queries) => {
        const { subjectKey } = await knownMember(queries, memberId);
        const given = await readConsents(queries, memberId);
        const already = given.some(
          ({ purpose, textVersion, withdrawnAt }) =>
            purpose === consent.purpose && textVersion === consent.textVersion && withdrawnAt === null,
        );
        if (already) return;
        await insertConsent(queries, memberId, consent, at.toISOString());
        const tell = factsFor(options.storeId, subjectKey, at);
        await writeToOutbox(queries, [createEvent(ConsentGiven, tell(consentFacts(subjectKey, consent)))]);
      });
    },

    withdrawConsent: async (memberId, purpose) => {
      const at = clock();
      await database.transaction(async (queries) => {
        const member = await knownMember(queries, memberId);
        const withdrawn = await withdrawConsents(queries, memberId, purpose, at.toISOString());
        if (withdrawn === 0) throw noConsent(memberId, purpose);
        if (purpose === 'door-recognition') await replaceKey(queries, keys, member);
        const tell = factsFor(options.storeId, member.subjectKey, at);
        await writeToOutbox(queries, [
          createEvent(ConsentWithdrawn, tell({ subjectKey: member.subjectKey, purpose })),
        ]);
      });
      await watch.look(); // the door first, the journal after it
      await eraseDeleted();
    },

    remove: async (memberId) => {
      const at = clock();
      await database.transaction(async (queries) => {
        const record = await knownMember(queries, memberId);
        const { subjectKey, activeConsents } = await describeMember(queries, record);
        await queries.run('DELETE FROM members WHERE member_id = ?', [memberId]);
        const tell = factsFor(options.storeId, subjectKey, at);
        await writeToOutbox(
          queries,
          activeConsents.map((purpose) => createEvent(ConsentWithdrawn, tell({ subjectKey, purpose }))),
        );
      });
      await watch.look();
      await eraseDeleted();
    },

    list: describeAll,
    show: (memberId) =>
      database.transaction(async (queries) => describeMember(queries, await knownMember(queries, memberId))),
    find: async (nameOrIdPrefix) => {
      const wanted = nameOrIdPrefix.trim().toLocaleLowerCase();
      if (wanted === '') return [];
      const members = await describeAll();
      const name = ({ displayName }: Member): string => displayName.toLocaleLowerCase();
      const exact = members.filter((member) => name(member) === wanted || member.memberId === wanted);
      if (exact.length > 0) return exact;
      return members.filter(
        (member) => member.memberId.startsWith(wanted) || name(member).startsWith(wanted),
      );
    },
    needingReEnrolment: async (network) =>
      (await describeAll()).filter(
        ({ activeConsents, templates }) =>
          activeConsents.includes('door-recognition') && templates[network] === undefined,
      ),
    galleryEntries: (network) => database.transaction((queries) => readGallery(queries, keys, network)),
    onGalleryChanged: (listener) => watch.onChanged(listener),
    nameOf: (subjectKey) =>
      database.transaction(async (queries) => {
        const memberId = await consentingMember(queries, subjectKey, 'show-name');
        return memberId === undefined ? null : (await knownMember(queries, memberId)).displayName;
      }),
    close: () => watch.close(),
  };
}

/** What every event of one member at one time has in common. */
function factsFor(
  storeId: StoreId,
  subjectKey: SubjectKey,
  time: Date,
): <Data>(data: Data) => EventFacts<Data> {
  return (data) => ({
    source: `/stores/${storeId}/members`,
    subject: `stores/${storeId}/subjects/${subjectKey}`,
    time,
    storeId,
    data,
  });
}

function consentFacts(subjectKey: SubjectKey, { purpose, textVersion, channel }: ConsentStatement) {
  return { subjectKey, purpose, textVersion, channel };
}

function networksOf(templates: readonly FaceTemplate[]): string {
  return [...new Set(templates.map(({ network }) => network))].sort().join('+');
}

import type { MemberId, SubjectKey } from '../../runtime/ids.ts';
import type { ConsentPurpose } from './consent-texts.ts';

export type ConsentChannel = 'command-line' | 'kiosk' | 'simulation';

/** A yes to one purpose, to the text of one version. */
export interface ConsentStatement {
  readonly purpose: ConsentPurpose;
  readonly textVersion: string;
  readonly channel: ConsentChannel;
}

export interface ConsentRecord extends ConsentStatement {
  readonly givenAt: string;
  /** Null as long as it holds. */
  readonly withdrawnAt: string | null;
}

/** A description of a face: the bytes of an embedding, readable only with the network that made it. */
export interface FaceTemplate {
  readonly network: string;
  readonly bytes: Uint8Array;
}

export interface EnrolRequest {
  readonly displayName: string;
  readonly consents: readonly ConsentStatement[];
  /** At least one. */
  readonly templates: readonly FaceTemplate[];
}

/** What may be shown to somebody who administers members. Never holds a template. */
export interface Member {
  readonly memberId: MemberId;
  readonly subjectKey: SubjectKey;
  readonly displayName: string;
  readonly enrolledAt: string;
  /** Purposes with an active consent. */
  readonly activeConsents: readonly ConsentPurpose[];
  /** How many templates each network has made. */
  readonly templates: Readonly<Record<string, number>>;
}

export interface MemberWithHistory extends Member {
  /** Everything that was ever given and withdrawn, oldest first. */
  readonly consentHistory: readonly ConsentRecord[];
}

/** What recognition may compare with: templates of one network, of one member with an active consent to it. */
export interface GalleryEntry {
  readonly memberId: MemberId;
  readonly subjectKey: SubjectKey;
  readonly network: string;
  readonly templates: readonly Uint8Array[];
}

import { v7 as uuidv7 } from 'uuid';

declare const brand: unique symbol;
/** A string that only one kind of thing is named by; made by the guards below, never by a cast elsewhere. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A shop of the deployment, e.g. `demo`. */
export type StoreId = Branded<'StoreId'>;
/** A camera of a shop, e.g. `front-door`. */
export type CameraId = Branded<'CameraId'>;
/** One person in one camera's picture for a while; dies with the track. */
export type TrackId = Branded<'TrackId'>;
/** One person's whole stay in the shop. */
export type VisitId = Branded<'VisitId'>;
/** A person who enrolled; known to store/ and vision/faces only. */
export type MemberId = Branded<'MemberId'>;
/** The pseudonym under which analytics knows a member; destroying its key anonymises history. */
export type SubjectKey = Branded<'SubjectKey'>;

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Checks a configured name (lower-case letters, digits, hyphens). */
export const toStoreId = (text: string): StoreId => checked<StoreId>(text, SLUG, 'store id');
export const toCameraId = (text: string): CameraId => checked<CameraId>(text, SLUG, 'camera id');
/** Checks an id that this system made (UUID). */
export const toTrackId = (text: string): TrackId => checked<TrackId>(text, UUID, 'track id');
export const toVisitId = (text: string): VisitId => checked<VisitId>(text, UUID, 'visit id');
export const toMemberId = (text: string): MemberId => checked<MemberId>(text, UUID, 'member id');
export const toSubjectKey = (text: string): SubjectKey => checked<SubjectKey>(text, UUID, 'subject key');

/** A new UUIDv7 (RFC 9562): sorts by time of creation. */
export const newId = (): string => uuidv7();
export const newTrackId = (): TrackId => toTrackId(uuidv7());
export const newVisitId = (): VisitId => toVisitId(uuidv7());
export const newMemberId = (): MemberId => toMemberId(uuidv7());

function checked<Id extends string>(text: string, pattern: RegExp, what: string): Id {
  if (!pattern.test(text)) throw new TypeError(`"${text}" is not a ${what}`);
  return text as Id;
}

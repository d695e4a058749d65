import type { SubjectKey } from '../../runtime/ids.ts';
import { distanceBetween, type Embedding, type EmbeddingSpace } from './embedding-space.ts';
import { unpackTemplate, type TemplateBytes } from './template.ts';

/** A member who consents to being recognised, as the vault hands them over. */
export interface GalleryMember {
  readonly subjectKey: SubjectKey;
  /** One template a reference picture; several pictures of different days and light recognise better. */
  readonly templates: readonly TemplateBytes[];
}

export interface GalleryMatch {
  readonly subjectKey: SubjectKey;
  /** To the nearest member. */
  readonly distance: number;
  /** Distance of the second-nearest member minus `distance`; in a gallery of one, of somebody as far as can be. */
  readonly margin: number;
}

export interface Gallery {
  readonly size: number;
  has(subjectKey: SubjectKey): boolean;
  /** Puts these members in place of everyone. */
  replaceAll(members: readonly GalleryMember[]): void;
  /** Adds a member, or replaces their templates. @throws UserError a template of another space */
  put(member: GalleryMember): void;
  remove(subjectKey: SubjectKey): void;
  /** The nearest member, or undefined in an empty gallery. The embedding is not kept. */
  match(embedding: Embedding): GalleryMatch | undefined;
}

/** No two faces are this far apart; what a gallery of one has in place of a second-nearest member. */
const AS_FAR_AS_CAN_BE = 4;

/**
 * The consenting members' references, in memory only. The distance to a member is the mean of the distances to the two
 * nearest references (the only one, if there is one): one lucky reference is not enough, and a bad one doesn't hurt.
 * Members number thousands at most: a linear search takes 0.1 ms for a thousand references.
 */
export function createGallery(space: EmbeddingSpace): Gallery {
  const members = new Map<SubjectKey, readonly Embedding[]>();
  const unpack = (member: GalleryMember): readonly Embedding[] =>
    member.templates.map((template) => unpackTemplate(template, space));

  const put = (member: GalleryMember): void => {
    const references = unpack(member);
    if (references.length === 0) members.delete(member.subjectKey);
    else members.set(member.subjectKey, references);
  };

  return {
    get size() {
      return members.size;
    },
    has: (subjectKey) => members.has(subjectKey),
    replaceAll(newMembers) {
      const unpacked = newMembers.map((member) => [member.subjectKey, unpack(member)] as const);
      members.clear();
      for (const [subjectKey, references] of unpacked) {
        if (references.length > 0) members.set(subjectKey, references);
      }
    },
    put,
    remove: (subjectKey) => void members.delete(subjectKey),
    match(embedding) {
      let nearest: SubjectKey | undefined;
      let distance = AS_FAR_AS_CAN_BE;
      let second = AS_FAR_AS_CAN_BE;
      for (const [subjectKey, references] of members) {
        const candidate = distanceToMember(space, references, embedding);
        if (candidate < distance) {
          second = distance;
          distance = candidate;
          nearest = subjectKey;
        } else if (candidate < second) {
          second = candidate;
        }
      }
      return nearest === undefined ? undefined : { subjectKey: nearest, distance, margin: second - distance };
    },
  };
}

function distanceToMember(
  space: EmbeddingSpace,
  references: readonly Embedding[],
  embedding: Embedding,
): number {
  let nearest = Infinity;
  let second = Infinity;
  for (const reference of references) {
    const distance = distanceBetween(space, reference, embedding);
    if (distance < nearest) [nearest, second] = [distance, nearest];
    else if (distance < second) second = distance;
  }
  return second === Infinity ? nearest : (nearest + second) / 2;
}

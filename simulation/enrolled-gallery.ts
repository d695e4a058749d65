import type { Networks } from '../config/schema.ts';
import { newId, toSubjectKey } from '../runtime/ids.ts';
import { openEnroller } from '../vision/faces/enrolment.ts';
import type { GalleryMember } from '../vision/faces/gallery.ts';
import type { CastEnrolment } from './enrolment.ts';

/** Enrols the cast's members as an evaluation does: templates in memory, under pseudonyms made up for this once. */
export async function enrolGallery(
  enrolments: readonly CastEnrolment[],
  networks: Networks,
): Promise<{ gallery: GalleryMember[]; castIds: Map<string, string> }> {
  const castIds = new Map<string, string>();
  const gallery: GalleryMember[] = [];
  const enroller = await openEnroller(networks);
  try {
    for (const { castId, pictures } of enrolments) {
      const templates = [];
      for (const picture of pictures) {
        const result = await enroller.enrol(picture);
        if (result.ok) templates.push(result.template);
      }
      if (templates.length === 0) continue;
      const subjectKey = toSubjectKey(newId());
      castIds.set(subjectKey, castId);
      gallery.push({ subjectKey, templates });
    }
  } finally {
    await enroller.close();
  }
  return { gallery, castIds };
}

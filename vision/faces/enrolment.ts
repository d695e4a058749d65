import type { Picture } from '../frame.ts';
import type { NetworkOptions } from '../models/network.ts';
import { embeddingSpace } from './embedding-space.ts';
import { openFaceDetector } from './face-detector.ts';
import { chooseFaceNetworks } from './face-networks.ts';
import { openFaceReader } from './face-reader.ts';
import { boxWidth } from './geometry.ts';
import { ENROLMENT_LIMITS, type FaceQuality, type PoorQuality } from './quality.ts';
import { packTemplate, type TemplateBytes } from './template.ts';

export type EnrolmentResult =
  | { readonly ok: true; readonly template: TemplateBytes; readonly quality: FaceQuality }
  | {
      readonly ok: false;
      readonly reason: 'no-face' | 'several-faces' | PoorQuality;
      /** What the person at the desk should do, in words. */
      readonly advice: string;
    };

export interface Enroller {
  /** The space of the templates; a vault whose templates are of another space must ask for re-enrolment. */
  readonly space: string;
  /** One template from a photograph of one person. The picture is not kept. */
  enrol(picture: Picture): Promise<EnrolmentResult>;
  close(): Promise<void>;
}

/** A second face counts when it is at least this part of the largest one's width: passers-by in the back don't. */
const SECOND_FACE_WIDTH = 0.5;
/** A face may be as narrow as this part of the photograph's longest side; narrower ones are background. */
const NARROWEST_FACE = 0.12;

const ADVICE: Readonly<Record<Extract<EnrolmentResult, { ok: false }>['reason'], string>> = {
  'no-face': 'No face was found. Take a photograph from the front, with the whole head in it.',
  'several-faces': 'There are several faces. Use a photograph of this person alone.',
  'too-small': `The face is narrower than ${ENROLMENT_LIMITS.minimumWidthPixels} pixels. Come closer or use a larger photograph.`,
  'turned-away': 'The face is turned away. Look into the camera.',
  tilted: 'The head is tilted. Hold it upright.',
  unclear: 'Eyes, nose and mouth can’t be made out. Take off what covers the face and look into the camera.',
  blurred: 'The photograph is blurred. Hold still, or use more light.',
  dark: 'The face is too dark. Use more light from the front.',
  overexposed: 'The face is too bright. Use less light.',
  flat: 'The face has too little contrast. Use more light from the side, or clean the lens.',
};

/** Opens what enrolment needs; runs at depth `accurate`, in the same space as the live door. */
export async function openEnroller(options: NetworkOptions = {}): Promise<Enroller> {
  const choice = await chooseFaceNetworks(options);
  const space = embeddingSpace(choice.combination);
  const detector = await openFaceDetector(choice.detector, options);
  const reader = await openFaceReader(space, options);
  return {
    space: space.id,
    async enrol(picture) {
      const narrowestFacePixels = Math.max(20, NARROWEST_FACE * Math.max(picture.width, picture.height));
      const faces = (await detector.detect(picture, undefined, narrowestFacePixels)).sort(
        (one, other) => boxWidth(other.boxXyxy) - boxWidth(one.boxXyxy),
      );
      const [face, second] = faces;
      if (!face) return refused('no-face');
      if (second && boxWidth(second.boxXyxy) >= SECOND_FACE_WIDTH * boxWidth(face.boxXyxy)) {
        return refused('several-faces');
      }
      const reading = await reader.read(picture, face, 'accurate', ENROLMENT_LIMITS);
      if (reading.kind === 'poor-quality') return refused(reading.reason);
      return { ok: true, template: packTemplate(space.id, reading.embedding), quality: reading.quality };
    },
    async close() {
      await detector.close();
      await reader.close();
    },
  };
}

function refused(reason: Extract<EnrolmentResult, { ok: false }>['reason']): EnrolmentResult {
  return { ok: false, reason, advice: ADVICE[reason] };
}

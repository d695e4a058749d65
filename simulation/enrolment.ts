import sharp from 'sharp';
import type { Picture } from '../vision/frame.ts';
import { CAST, castMember, type CastMember, type PhotoPoint, type View } from './cast.ts';
import { loadPhotograph } from './photographs.ts';
import type { Scenario } from './scenario.ts';

/** What a person of the cast brings to enrol. Made in memory from the sample photographs, written nowhere. */
export interface CastEnrolment {
  readonly castId: string;
  /** Invented. */
  readonly displayName: string;
  /** Whether this person lets the shop show the name; some want to be recognised but not named. */
  readonly showsName: boolean;
  readonly source: 'other photograph' | 'other crop, flip and light';
  readonly pictures: readonly Picture[];
}

/** How an enrolment picture departs from the photograph. */
interface Variation {
  readonly mirrored: boolean;
  readonly turnDegrees: number;
  /** Width of the face in the picture, pixels. */
  readonly faceWidth: number;
  /** Gains of red, green and blue: another light. */
  readonly light: readonly [number, number, number];
  /** Exponent of the tone curve: above 1 lifts the shadows. */
  readonly gamma: number;
  readonly jpegQuality: number;
}

/** Three pictures, as a phone, a webcam and a kiosk would take them. */
const VARIATIONS: readonly Variation[] = [
  { mirrored: true, turnDegrees: 0, faceWidth: 170, light: [1.08, 1.05, 1], gamma: 1.15, jpegQuality: 88 },
  { mirrored: true, turnDegrees: 6, faceWidth: 130, light: [0.96, 0.9, 0.82], gamma: 1, jpegQuality: 75 },
  {
    mirrored: false,
    turnDegrees: -7,
    faceWidth: 110,
    light: [0.92, 0.98, 1.06],
    gamma: 1.3,
    jpegQuality: 65,
  },
];
/** Every third member wants no name on the screen. */
const NAMELESS_EVERY = 3;
const WALL = { r: 158, g: 154, b: 148 } as const;
/** How far around the face a portrait reaches, in face heights. */
const REACH = 0.62;

/** The members of a scenario with three pictures each, which are other views than those in the video. */
export async function enrolmentPictures(scenario: Pick<Scenario, 'members'>): Promise<CastEnrolment[]> {
  const members = CAST.filter(({ id }) => scenario.members.includes(id));
  return Promise.all(members.map((member, index) => enrolmentOf(member, (index + 1) % NAMELESS_EVERY !== 0)));
}

/** What one person of the cast brings. */
export async function enrolmentOf(castId: string | CastMember, showsName: boolean): Promise<CastEnrolment> {
  const member = typeof castId === 'string' ? castMember(castId) : castId;
  const elsewhere = member.enrolment.from === 'another photograph' ? member.enrolment.view : undefined;
  const view = elsewhere ?? member.video;
  const photograph = await loadPhotograph(view.photograph);
  const pictures = await Promise.all(VARIATIONS.map((variation) => portrait(photograph, view, variation)));
  return {
    castId: member.id,
    displayName: member.givenName,
    showsName,
    source: elsewhere ? 'other photograph' : 'other crop, flip and light',
    pictures,
  };
}

/** The face with a little around it, before a plain wall, so that no neighbour is enrolled by mistake. */
async function portrait(photograph: Picture, view: View, variation: Variation): Promise<Picture> {
  const [left, top, right, bottom] = view.faceXyxy;
  const centre: PhotoPoint = [(left + right) / 2, (top + bottom) / 2];
  const half = Math.round((bottom - top) * (0.5 + REACH));
  const box = {
    left: Math.max(0, Math.round(centre[0] - half)),
    top: Math.max(0, Math.round(centre[1] - half)),
    right: Math.min(photograph.width, Math.round(centre[0] + half)),
    bottom: Math.min(photograph.height, Math.round(centre[1] + half)),
  };
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const scale = variation.faceWidth / (right - left);
  const oval = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><filter id="f"><feGaussianBlur stdDeviation="${(half * 0.05).toFixed(1)}"/></filter></defs>` +
      `<ellipse cx="${centre[0] - box.left}" cy="${centre[1] - box.top}" rx="${((right - left) * 0.78).toFixed(1)}" ry="${((bottom - top) * 0.82).toFixed(1)}" fill="#fff" filter="url(#f)"/></svg>`,
  );
  const cut = await sharp(photograph.rgb, {
    raw: { width: photograph.width, height: photograph.height, channels: 3 },
  })
    .extract({ left: box.left, top: box.top, width, height })
    .ensureAlpha()
    .composite([{ input: oval, blend: 'dest-in' }])
    .png()
    .toBuffer();
  const upright = await sharp(cut)
    .flatten({ background: WALL })
    .rotate(variation.turnDegrees - (view.tiltDegrees ?? 0), { background: WALL })
    .toColourspace('srgb')
    .png()
    .toBuffer({ resolveWithObject: true });
  const lit = await sharp(upright.data)
    .resize(Math.round(upright.info.width * scale))
    .flop(variation.mirrored)
    .gamma(variation.gamma)
    .linear([...variation.light], [0, 0, 0])
    .jpeg({ quality: variation.jpegQuality })
    .toBuffer();
  const { data, info } = await sharp(lit).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

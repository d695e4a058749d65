import sharp from 'sharp';
import type { Picture } from '../vision/frame.ts';
import type { CastMember, PhotoBox } from './cast.ts';
import { fillPolygon, matte, type Matted } from './matte.ts';
import { WHITE_BALANCE } from './photographs.ts';

/** A person without the old background. Levels halve in size from the first, so that far people don't shimmer. */
export interface Cutout {
  readonly castId: string;
  readonly levels: readonly CutoutLevel[];
  /** Of the first level: the face box, left, top, right, bottom. */
  readonly faceXyxy: readonly [number, number, number, number];
  /** Of the first level: where the photograph ends and the drawn body begins, and how wide the body is there. */
  readonly seam: { readonly y: number; readonly left: number; readonly right: number };
  /** The skin's colour, for drawn arms and legs: red, green, blue. */
  readonly skin: readonly [number, number, number];
}

/** `rgba` is premultiplied by its coverage, 4 bytes a pixel. */
export interface CutoutLevel {
  readonly width: number;
  readonly height: number;
  readonly pixelsPerMetre: number;
  readonly rgba: Uint8ClampedArray<SharedArrayBuffer>;
}

/** How finely people are cut out, and at how many sizes. */
export interface CutoutScale {
  /** Resolution of the first level. */
  readonly pixelsPerMetre: number;
  readonly levels: number;
}

/** What the door camera sees at about 1.15 m. */
export const CUTOUT_PIXELS_PER_METRE = 950;
export const DOOR_SCALE: CutoutScale = { pixelsPerMetre: CUTOUT_PIXELS_PER_METRE, levels: 6 };
/** To a ceiling camera people are small. */
export const CEILING_SCALE: CutoutScale = { pixelsPerMetre: CUTOUT_PIXELS_PER_METRE / 2, levels: 8 };
/** Geometric mean of a face box's sides; an adult's is about 14.5 × 19.5 cm. */
export const FACE_SIZE_METRES = 0.168;
const LEVEL_STEP = Math.SQRT1_2;
/** Height over which the photograph fades into the drawn body. */
const FADE_METRES = 0.13;
const MARGIN_METRES = 0.045;

/** How many pixels of the photograph make a metre at this face. */
export function photoPixelsPerMetre([left, top, right, bottom]: PhotoBox): number {
  return Math.sqrt((right - left) * (bottom - top)) / FACE_SIZE_METRES;
}

/** Cuts a cast member out of the photograph and prepares it at several sizes. */
export async function cutOut(
  member: CastMember,
  photograph: Picture,
  { pixelsPerMetre, levels }: CutoutScale = DOOR_SCALE,
): Promise<Cutout> {
  const photoScale = photoPixelsPerMetre(member.video.faceXyxy);
  const margin = MARGIN_METRES * photoScale;
  const xs = member.outline.map(([x]) => x);
  const ys = member.outline.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const top = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const right = Math.min(photograph.width, Math.ceil(Math.max(...xs) + margin));
  const bottom = Math.min(photograph.height, Math.ceil(Math.max(...ys)));
  const zoom = pixelsPerMetre / photoScale;
  const width = Math.round((right - left) * zoom);
  const height = Math.round((bottom - top) * zoom);
  const { data } = await sharp(photograph.rgb, {
    raw: { width: photograph.width, height: photograph.height, channels: 3 },
  })
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    (x - left) * zoom,
    (y - top) * zoom,
  ];
  const outline = member.outline.map(place);
  // The outline's lower edge is no edge of the person: let it run out of the picture, and fade there instead.
  const lowest = Math.max(...outline.map(([, y]) => y));
  const open = outline.map(([x, y]): [number, number] => [x, y > lowest - 4 ? height + 200 : y]);
  const matted = matte(data, fillPolygon(open, width, height), width, height);
  const fade = Math.round(FADE_METRES * pixelsPerMetre);
  const first = straighten(matted, fade, WHITE_BALANCE[member.video.photograph]);
  const [faceLeft, faceTop] = place([member.video.faceXyxy[0], member.video.faceXyxy[1]]);
  const [faceRight, faceBottom] = place([member.video.faceXyxy[2], member.video.faceXyxy[3]]);
  const faceXyxy = [faceLeft, faceTop, faceRight, faceBottom] as const;
  return {
    castId: member.id,
    levels: await shrink(first, { width, height }, { pixelsPerMetre, levels }),
    faceXyxy,
    skin: skinColour(first, width, faceXyxy),
    seam: seamAt(matted.alpha, width, height - fade),
  };
}

/** Colours in neutral light with coverage, not premultiplied, fading out at the lower edge. */
function straighten(
  { rgb, alpha, width, height }: Matted,
  fade: number,
  gains: readonly [number, number, number],
): Uint8ClampedArray {
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const left = Math.min(1, (height - 1 - y) / fade);
    const keep = left * left * (3 - 2 * left);
    for (let at = y * width; at < (y + 1) * width; at++) {
      out[at * 4] = rgb[at * 3]! * gains[0];
      out[at * 4 + 1] = rgb[at * 3 + 1]! * gains[1];
      out[at * 4 + 2] = rgb[at * 3 + 2]! * gains[2];
      out[at * 4 + 3] = alpha[at]! * keep;
    }
  }
  return out;
}

async function shrink(
  first: Uint8ClampedArray,
  { width, height }: { readonly width: number; readonly height: number },
  { pixelsPerMetre, levels: count }: CutoutScale,
): Promise<CutoutLevel[]> {
  const levels: CutoutLevel[] = [];
  for (let level = 0; level < count; level++) {
    const w = Math.max(2, Math.round(width * LEVEL_STEP ** level));
    const h = Math.max(2, Math.round(height * LEVEL_STEP ** level));
    const straight =
      level === 0
        ? first
        : await sharp(first, { raw: { width, height, channels: 4 } })
            .resize(w, h, { fit: 'fill', kernel: 'mitchell' })
            .raw()
            .toBuffer();
    levels.push({
      width: w,
      height: h,
      pixelsPerMetre: pixelsPerMetre * (w / width),
      rgba: premultiply(straight),
    });
  }
  return levels;
}

function premultiply(straight: Uint8Array | Uint8ClampedArray): Uint8ClampedArray<SharedArrayBuffer> {
  const out = new Uint8ClampedArray(new SharedArrayBuffer(straight.length));
  for (let at = 0; at < straight.length; at += 4) {
    const a = straight[at + 3]! / 255;
    out[at] = straight[at]! * a;
    out[at + 1] = straight[at + 1]! * a;
    out[at + 2] = straight[at + 2]! * a;
    out[at + 3] = straight[at + 3]!;
  }
  return out;
}

/** The median colour of the cheeks and the nose. */
function skinColour(
  straight: Uint8ClampedArray,
  width: number,
  [left, top, right, bottom]: Cutout['faceXyxy'],
): Cutout['skin'] {
  const channels: [number[], number[], number[]] = [[], [], []];
  for (let y = Math.round(top + 0.45 * (bottom - top)); y < top + 0.7 * (bottom - top); y += 2) {
    for (let x = Math.round(left + 0.25 * (right - left)); x < left + 0.75 * (right - left); x += 2) {
      channels.forEach((values, channel) => values.push(straight[(y * width + x) * 4 + channel]!));
    }
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  return [median(channels[0]), median(channels[1]), median(channels[2])];
}

function seamAt(alpha: Uint8ClampedArray, width: number, y: number): Cutout['seam'] {
  let left = width;
  let right = 0;
  for (let x = 0; x < width; x++) {
    if (alpha[y * width + x]! > 127) {
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return { y, left, right: Math.max(left + 1, right) };
}

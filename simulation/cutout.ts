import sharp from 'sharp';
import type { Picture } from '../vision/frame.ts';
import type { CastMember, PhotoBox } from './cast.ts';
import { fillPolygon, matte } from './matte.ts';
import { WHITE_BALANCE } from './photographs.ts';

/** A person without the old background. Levels halve in size from the first, so that far people don't shimmer. */
export interface Cutout {
  readonly castId: string;
  readonly levels: readonly CutoutLevel[];
  /** Of the first level: the face box, left, top, right, bottom. */
  readonly faceXyxy: readonly [number, number, number, number];
  /** Of the first level: where the photograph ends and the drawn body begins, and how wide the body is there. */
  readonly seam: { readonly y: number; readonly left: number; readonly right: number };
}

/** `rgba` is premultiplied by its coverage, 4 bytes a pixel. */
export interface CutoutLevel {
  readonly width: number;
  readonly height: number;
  readonly pixelsPerMetre: number;
  readonly rgba: Uint8ClampedArray<SharedArrayBuffer>;
}

/** Resolution of the first level: what the camera sees at about 1.15 m. */
export const CUTOUT_PIXELS_PER_METRE = 950;
/** Geometric mean of a face box's sides; an adult's is about 14.5 × 19.5 cm. */
export const FACE_SIZE_METRES = 0.168;
const LEVELS = 6;
const LEVEL_STEP = Math.SQRT1_2;
/** Height over which the photograph fades into the drawn body. */
const FADE_METRES = 0.13;
const MARGIN_METRES = 0.045;

/** How many pixels of the photograph make a metre at this face. */
export function photoPixelsPerMetre([left, top, right, bottom]: PhotoBox): number {
  return Math.sqrt((right - left) * (bottom - top)) / FACE_SIZE_METRES;
}

/** Cuts a cast member out of the photograph and prepares it at several sizes. */
export async function cutOut(member: CastMember, photograph: Picture): Promise<Cutout> {
  const photoScale = photoPixelsPerMetre(member.video.faceXyxy);
  const margin = MARGIN_METRES * photoScale;
  const xs = member.outline.map(([x]) => x);
  const ys = member.outline.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const top = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const right = Math.min(photograph.width, Math.ceil(Math.max(...xs) + margin));
  const bottom = Math.min(photograph.height, Math.ceil(Math.max(...ys)));
  const zoom = CUTOUT_PIXELS_PER_METRE / photoScale;
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
  const fade = Math.round(FADE_METRES * CUTOUT_PIXELS_PER_METRE);
  const first = premultiply(
    matted.rgb,
    matted.alpha,
    width,
    height,
    fade,
    WHITE_BALANCE[member.video.photograph],
  );
  const [faceLeft, faceTop] = place([member.video.faceXyxy[0], member.video.faceXyxy[1]]);
  const [faceRight, faceBottom] = place([member.video.faceXyxy[2], member.video.faceXyxy[3]]);
  return {
    castId: member.id,
    levels: await shrink(first, width, height),
    faceXyxy: [faceLeft, faceTop, faceRight, faceBottom],
    seam: seamAt(matted.alpha, width, height - fade),
  };
}

function premultiply(
  rgb: Uint8ClampedArray,
  alpha: Uint8ClampedArray,
  width: number,
  height: number,
  fade: number,
  gains: readonly [number, number, number],
): Uint8ClampedArray<SharedArrayBuffer> {
  const out = new Uint8ClampedArray(new SharedArrayBuffer(width * height * 4));
  for (let y = 0; y < height; y++) {
    const left = Math.min(1, (height - 1 - y) / fade);
    const keep = left * left * (3 - 2 * left);
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const a = (alpha[at]! / 255) * keep;
      out[at * 4] = Math.min(255, rgb[at * 3]! * gains[0]) * a;
      out[at * 4 + 1] = Math.min(255, rgb[at * 3 + 1]! * gains[1]) * a;
      out[at * 4 + 2] = Math.min(255, rgb[at * 3 + 2]! * gains[2]) * a;
      out[at * 4 + 3] = 255 * a;
    }
  }
  return out;
}

async function shrink(
  first: Uint8ClampedArray<SharedArrayBuffer>,
  width: number,
  height: number,
): Promise<CutoutLevel[]> {
  const levels: CutoutLevel[] = [{ width, height, pixelsPerMetre: CUTOUT_PIXELS_PER_METRE, rgba: first }];
  for (let level = 1; level < LEVELS; level++) {
    const scale = LEVEL_STEP ** level;
    const w = Math.max(2, Math.round(width * scale));
    const h = Math.max(2, Math.round(height * scale));
    const planes = Buffer.from(first.buffer);
    // Four separate planes would be exact; premultiplied RGBA handed over as CMYK-like raw data is too: no alpha maths.
    const resized = await Promise.all(
      [0, 1, 2, 3].map((channel) =>
        sharp(plane(planes, channel), { raw: { width, height, channels: 1 } })
          .resize(w, h, { fit: 'fill', kernel: 'mitchell' })
          .toColourspace('b-w')
          .raw()
          .toBuffer(),
      ),
    );
    const rgba = new Uint8ClampedArray(new SharedArrayBuffer(w * h * 4));
    for (let at = 0; at < w * h; at++) {
      for (let channel = 0; channel < 4; channel++) rgba[at * 4 + channel] = resized[channel]![at]!;
    }
    levels.push({ width: w, height: h, pixelsPerMetre: CUTOUT_PIXELS_PER_METRE * (w / width), rgba });
  }
  return levels;
}

function plane(rgba: Uint8Array, channel: number): Uint8Array {
  const out = new Uint8Array(rgba.length / 4);
  for (let at = 0; at < out.length; at++) out[at] = rgba[at * 4 + channel]!;
  return out;
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

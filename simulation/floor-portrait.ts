import type { Cutout, CutoutLevel } from './cutout.ts';
import type { Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';
import { brightness, seenEllipse, type Light, type Turn } from './solid.ts';
import { layTexel } from './texel.ts';

/** A photograph of head and shoulders, laid around a body: what it shows in front, and hair behind. */
export interface Portrait {
  readonly cutout: Cutout;
  readonly levels: readonly PortraitLevel[];
}

interface PortraitLevel {
  readonly width: number;
  readonly height: number;
  readonly pixelsPerMetre: number;
  /** RGBA from the front and from behind; solid, each row going on to both sides as it ends. */
  readonly front: Uint8ClampedArray;
  readonly back: Uint8ClampedArray;
  /** By row where the person is: the middle and half the width, pixels; and how much it covers, 0..1. */
  readonly middles: Float32Array;
  readonly halves: Float32Array;
  readonly covers: Float32Array;
  /** The first row that shows the person. */
  readonly crown: number;
}

export interface Pose {
  /** Where the face's centre is, and a point half a metre below it. */
  readonly face: Projection;
  readonly chest: Projection;
  readonly turn: Turn;
  readonly light: Light;
  /** What half a metre upright is seen as, of what it is seen as from the same height. */
  readonly upright: number;
}

/** A head from its middle to its forehead. */
const HEAD_HALF_DEPTH = 0.1;
/** Of half the head, what is seen below its middle; then the neck begins. */
const HEAD_SHOWN = 0.85;
/** Half of how deep a body is at its shoulders. */
const BODY_HALF_DEPTH = 0.125;
/** The first row so wide is the crown; above it there is single hair. */
const CROWN_METRES = 0.05;
/** Where the shoulders begin, below the face's centre. */
const SHOULDERS_BELOW = 0.3;
/** A head is carried a little before the shoulders. */
const HEAD_AHEAD = 0.035;
/** Rows over which the outline is smoothed, to both sides: single locks of hair are no shape. */
const SMOOTHED_METRES = 0.012;
const OPAQUE = 127;

/** Readies a cut-out for being seen from all sides; only sizes that a ceiling camera needs are kept. */
export function portraitOf(cutout: Cutout, largestPixelsPerMetre: number): Portrait {
  const needed = cutout.levels.filter(
    ({ pixelsPerMetre }, index) => index > 0 && pixelsPerMetre <= largestPixelsPerMetre,
  );
  const levels = needed.map((level): PortraitLevel => {
    const { width, height, pixelsPerMetre, rgba } = level;
    const front = solid(level, rgba);
    const back = solid(level, fromBehind(level, cutout));
    return { width, height, pixelsPerMetre, front, back, ...outlineOf(level) };
  });
  return { cutout, levels };
}

/**
 * Draws head and shoulders. Every row of the photograph is taken for the front of an ellipse that turns with the body, and
 * the head for an ellipsoid that is seen from above as well: so somebody who walks by shows a face on one side and hair on
 * the other, and whoever is near the camera shows the crown.
 */
export function drawPortrait(layer: Layer, { cutout, levels }: Portrait, pose: Pose): void {
  const { face, chest, turn, light, upright } = pose;
  const scale = face.pixelsPerMetre;
  const level = levels.findLast(({ pixelsPerMetre }) => pixelsPerMetre >= scale * 0.92) ?? levels[0];
  if (!level) return;
  const { width, height, front, back, middles, halves, covers, pixelsPerMetre } = level;
  const shrink = pixelsPerMetre / cutout.levels[0]!.pixelsPerMetre;
  const faceColumn = ((cutout.faceXyxy[0] + cutout.faceXyxy[2]) / 2) * shrink;
  const faceRow = ((cutout.faceXyxy[1] + cutout.faceXyxy[3]) / 2) * shrink;
  const lean = (chest.x - face.x) / (chest.y - face.y);
  const rowsPerPixel = (pixelsPerMetre * 0.5) / (chest.y - face.y);
  // The head as an ellipse in the plane through the camera: half its height seen, and the angle it is turned by.
  const chin = (cutout.faceXyxy[3] * shrink - faceRow) / pixelsPerMetre;
  const crown = (level.crown - faceRow) / pixelsPerMetre;
  const headHalfHeight = (chin - crown) / 2;
  const headMiddle = (chin + crown) / 2;
  const headY = face.y + (headMiddle * pixelsPerMetre) / rowsPerPixel;
  const headUpright = headHalfHeight * upright;
  const headDepth = HEAD_HALF_DEPTH * Math.sqrt(Math.max(0, 1 - upright * upright));
  const headHalf = Math.hypot(headUpright, headDepth) * scale;
  const headTurn = Math.atan2(headDepth, headUpright);
  const neckFrom = ((headY + HEAD_SHOWN * headHalf - face.y) * rowsPerPixel) / pixelsPerMetre;
  const neckShown = headMiddle - headHalfHeight * Math.sin(headTurn - Math.asin(HEAD_SHOWN));
  const middleRow = Math.max(0, Math.round(faceRow + headMiddle * pixelsPerMetre));
  for (let y = layer.top; y < layer.bottom; y++) {
    const dy = y + 0.5 - face.y;
    const fromMiddle = (y + 0.5 - headY) / headHalf;
    if (fromMiddle <= -1) continue;
    const isHead = fromMiddle < HEAD_SHOWN;
    const angle = isHead ? Math.asin(-fromMiddle) + headTurn : 0;
    const below = isHead
      ? headMiddle - headHalfHeight * Math.sin(angle)
      : belowHead((dy * rowsPerPixel) / pixelsPerMetre, neckFrom, neckShown);
    const isBeyondCrown = angle > Math.PI / 2;
    const row = faceRow + below * pixelsPerMetre - 0.5;
    if (row < 0) continue;
    if (row >= height - 1) break;
    const half = halves[Math.round(row)]!;
    // From its middle up, a head is seen as an ellipse, whatever lies over the crown.
    const seenWidth = fromMiddle < 0 ? halves[middleRow]! * Math.sqrt(1 - fromMiddle * fromMiddle) : half;
    const cover = covers[Math.round(row)]!;
    const halfWidth = seenWidth / pixelsPerMetre;
    const towards = below < 0.1 ? 1 : Math.max(0, 1 - (below - 0.1) / 0.12);
    const halfDepth = Math.min(
      halfWidth * 1.25,
      BODY_HALF_DEPTH * (1 - towards) + HEAD_HALF_DEPTH * 1.1 * towards,
    );
    const middle = middles[Math.round(row)]!;
    const seen = seenEllipse(halfWidth, halfDepth, turn);
    const seenHalf = seen.half * scale;
    const axis =
      face.x +
      dy * lean +
      ((middle - faceColumn) / pixelsPerMetre) * turn.nearing * scale +
      HEAD_AHEAD * towards * turn.sideways * scale;
    const toX = Math.min(layer.right, Math.ceil(axis + seenHalf));
    for (let x = Math.max(layer.left, Math.floor(axis - seenHalf)); x < toX; x++) {
      const u = (x + 0.5 - axis) / seenHalf;
      if (u <= -1 || u >= 1) continue;
      const coverage = cover * Math.min(1, (1 - Math.abs(u)) * seenHalf + 0.3);
      const around = Math.asin(u) - seen.turn;
      const column = middle + half * Math.sin(around) - 0.5;
      if (column < 0 || column >= width - 1) continue;
      const isFront = Math.cos(around) > 0 !== isBeyondCrown;
      // The photograph has its own light; what is turned away from it takes the shop's.
      const own = isFront ? Math.max(0, Math.cos(around)) : 0;
      const shop = brightness(light, u, isHead ? -fromMiddle : 0, Math.sqrt(1 - u * u));
      const shade = own + (1 - own) * shop;
      layTexel(layer, (y * layer.width + x) * 4, isFront ? front : back, width, column, row, shade, coverage);
    }
  }
}

/** From where the head ends in the picture to the shoulders, the neck is as long as it must be: no row is left out. */
function belowHead(below: number, from: number, shown: number): number {
  if (below >= SHOULDERS_BELOW || from >= SHOULDERS_BELOW) return below;
  return shown + ((below - from) / (SHOULDERS_BELOW - from)) * (SHOULDERS_BELOW - shown);
}

/** Where the person is in each row. */
function outlineOf({
  width,
  height,
  pixelsPerMetre,
  rgba,
}: CutoutLevel): Pick<PortraitLevel, 'middles' | 'halves' | 'covers' | 'crown'> {
  const lefts = new Float32Array(height);
  const rights = new Float32Array(height);
  const covers = new Float32Array(height);
  let crown: number | undefined;
  for (let y = 0; y < height; y++) {
    let [left, right, most] = [width, -1, 0];
    for (let x = 0; x < width; x++) {
      const alpha = rgba[(y * width + x) * 4 + 3]!;
      most = Math.max(most, alpha);
      if (alpha <= OPAQUE) continue;
      left = Math.min(left, x);
      right = x + 1;
    }
    // A row in which the photograph has faded out goes on as the one above it.
    lefts[y] = right < 0 ? (lefts[y - 1] ?? width / 2) : left;
    rights[y] = right < 0 ? (rights[y - 1] ?? width / 2) : right;
    covers[y] = crown === undefined && right < 0 ? 0 : most / 255;
    if (right - left >= CROWN_METRES * pixelsPerMetre) crown ??= y;
  }
  const reach = Math.round(SMOOTHED_METRES * pixelsPerMetre);
  const [left, right] = [smooth(lefts, reach), smooth(rights, reach)];
  return {
    middles: left.map((value, y) => (value + right[y]!) / 2),
    halves: left.map((value, y) => (right[y]! - value) / 2),
    covers,
    crown: crown ?? 0,
  };
}

function smooth(values: Float32Array, reach: number): Float32Array {
  return values.map((_, at) => {
    let [sum, count] = [0, 0];
    for (let k = Math.max(0, at - reach); k <= Math.min(values.length - 1, at + reach); k++) {
      sum += values[k]!;
      count++;
    }
    return sum / count;
  });
}

/** Colours without coverage: where a row of the photograph shows nobody, it goes on as it ended. */
function solid({ width, height }: CutoutLevel, rgba: Uint8ClampedArray): Uint8ClampedArray {
  const out = new Uint8ClampedArray(rgba.length);
  for (let y = 0; y < height; y++) {
    const row = y * width * 4;
    let known = -1;
    for (let x = 0; x < width; x++) {
      const at = row + x * 4;
      const alpha = rgba[at + 3]!;
      if (alpha > OPAQUE / 2) {
        for (let c = 0; c < 3; c++) out[at + c] = (rgba[at + c]! * 255) / alpha;
        if (known < 0) for (let back = row; back < at; back += 4) out.copyWithin(back, at, at + 3);
        known = x;
      } else if (known >= 0) {
        out.copyWithin(at, at - 4, at - 1);
      }
      out[at + 3] = 255;
    }
    // Above the crown there is nobody, below the photograph's end it goes on.
    if (known < 0 && y > 0) out.copyWithin(row, row - width * 4, row);
  }
  for (let at = 3; at < out.length; at += 4) out[at] = 255;
  return out;
}

/** Hair where the face is: the outline of a head is the same from behind. */
function fromBehind(level: CutoutLevel, cutout: Cutout): Uint8ClampedArray {
  const { width, height, rgba } = level;
  const scale = level.pixelsPerMetre / cutout.levels[0]!.pixelsPerMetre;
  const [left, top, right, bottom] = cutout.faceXyxy.map((value) => value * scale) as [
    number,
    number,
    number,
    number,
  ];
  const hair = medianColour(level, left, top - (bottom - top) * 0.3, right, top + (bottom - top) * 0.05);
  const [middle, half] = [(left + right) / 2, ((right - left) / 2) * 1.25];
  const [centre, reach] = [top + (bottom - top) * 0.62, (bottom - top) * 0.95];
  const out = new Uint8ClampedArray(rgba);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5 - middle) / half;
      const v = (y + 0.5 - centre) / reach;
      const inside = Math.min(1, Math.max(0, (1.15 - Math.hypot(u, v)) / 0.2));
      if (inside === 0) continue;
      const at = (y * width + x) * 4;
      const cover = rgba[at + 3]! / 255;
      // Light from above on the back of a head, and strands that run down.
      const light = 1.12 - 0.3 * (v + 1) * 0.5 - 0.2 * u * u + 0.06 * Math.sin(u * 11 + 2 * Math.sin(v * 5));
      for (let c = 0; c < 3; c++) {
        out[at + c] = rgba[at + c]! * (1 - inside) + (hair[c]! + 10) * light * cover * inside;
      }
    }
  }
  return out;
}

function medianColour(
  { width, height, rgba }: CutoutLevel,
  left: number,
  top: number,
  right: number,
  bottom: number,
): readonly [number, number, number] {
  const found: { readonly sum: number; readonly colour: readonly [number, number, number] }[] = [];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      const at = (y * width + x) * 4;
      if (rgba[at + 3]! < 240) continue;
      const colour = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!] as const;
      found.push({ sum: colour[0] + colour[1] + colour[2], colour });
    }
  }
  found.sort((a, b) => a.sum - b.sum);
  return found[found.length >> 1]?.colour ?? [52, 40, 34];
}

import type { CastMember } from './cast.ts';
import type { Cutout } from './cutout.ts';
import { lay, type Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';
import { drawCapsule, type Rgb } from './solid.ts';

const SHOE: Rgb = [34, 30, 30];
const SWING_METRES = 0.27;

/** A walker's posture at a moment, and where the camera sees a point of the body. */
export interface Posture {
  /** To the top of the head. */
  readonly tallMetres: number;
  /** The centre of the face. */
  readonly faceHeightMetres: number;
  /** Angle in the cycle of two steps, radians. */
  readonly gait: number;
  /** 0..1: how far the steps go; 0 stands still. */
  readonly stride: number;
  /** Rise of the body above its mean, metres. */
  readonly bob: number;
  /** 1 when walking towards the camera, -1 when walking away from it. */
  readonly nearing: number;
  /** How wide the body looks, as a share of its width from the front. */
  readonly breadth: number;
  /** Where the camera sees a point: metres to the picture's right, above the floor, ahead in walking direction. */
  readonly at: (across: number, height: number, ahead?: number) => Projection;
}

/** What a body wears below the photograph. */
export type Clothes = Pick<CastMember['clothes'], 'top' | 'bottom' | 'kind' | 'sleeves'>;

/**
 * Draws the part of a walker that the photograph doesn't show: torso, arms, legs and shoes, swinging with the steps. Each
 * limb is a tapered capsule between two joints, shaded like a cylinder, in perspective.
 */
export function drawBody(layer: Layer, clothes: Clothes, cutout: Cutout, posture: Posture): void {
  const { tallMetres: tall, bob, breadth, at } = posture;
  const top = rgbOf(clothes.top);
  const bottom = rgbOf(clothes.bottom);
  const seam = seamMetres(cutout, posture.faceHeightMetres);
  const long = clothes.kind !== 'trousers';
  const { skin } = cutout;
  const legColour = clothes.kind === 'skirt' ? skin : bottom;

  const swing = Math.sin(posture.gait) * posture.stride;
  const legs = [-1, 1].map((side) => {
    const forward = swing * side * SWING_METRES;
    const lift = Math.max(0, Math.cos(posture.gait) * side) * 0.09 * posture.stride;
    return { side, forward, lift };
  });
  legs.sort((a, b) => (a.forward - b.forward) * (posture.nearing < 0 ? -1 : 1));
  for (const { side, forward, lift } of legs) {
    const hip = at(side * 0.085, 0.5 * tall + bob, 0);
    const knee = at(side * 0.08, 0.275 * tall + lift * 0.6, forward * 0.62 + lift * 1.3);
    const ankle = at(side * 0.07, 0.075 + lift, forward);
    const toe = at(side * 0.085, 0.035 + lift * 0.5, forward + 0.15);
    const slim = clothes.kind === 'skirt' ? 0.78 : 1;
    limb(layer, ankle, toe, 0.045, 0.04, SHOE, 0.9);
    limb(layer, knee, ankle, 0.062 * slim, 0.05 * slim, legColour, 0.86);
    limb(layer, hip, knee, 0.092 * slim, 0.064 * slim, legColour, 0.94);
  }

  const hem = long ? 0.3 * tall : 0.455 * tall;
  const centre = (seam.left + seam.right) / 2;
  const half = Math.min(0.215, (seam.right - seam.left) / 2 - 0.02);
  const hips = 0.168;
  const rings = [
    { ...at(centre, seam.height + 0.03), half: half * 0.94, colour: top },
    { ...at(centre, seam.height), half, colour: top },
    {
      ...at(centre * 0.4, Math.min(seam.height - 0.03, 0.62 * tall)),
      half: Math.min(half, 0.142),
      colour: top,
    },
    { ...at(0, 0.545 * tall), half: hips, colour: top },
    { ...at(0, 0.54 * tall), half: hips + 0.004, colour: bottom },
    { ...at(0, hem), half: long ? 0.2 + 0.012 * Math.cos(2 * posture.gait) : 0.15, colour: bottom },
  ];
  torso(layer, rings, breadth);

  const sleeve = clothes.sleeves ? top : skin;
  for (const side of [-1, 1]) {
    const forward = -swing * side * 0.17;
    const edge = side < 0 ? Math.max(seam.left, -0.27) : Math.min(seam.right, 0.27);
    const shoulder = at(edge - side * 0.055, seam.height - 0.025);
    const elbow = at(edge * 0.9 + side * 0.015, Math.min(seam.height - 0.14, 0.63 * tall), forward * 0.35);
    const wrist = at(side * 0.235, 0.485 * tall, forward + 0.04);
    const hand = at(side * 0.232, 0.445 * tall, forward + 0.06);
    limb(layer, wrist, hand, 0.028, 0.034, skin, 0.96);
    limb(layer, elbow, wrist, 0.042, 0.03, sleeve, 0.96);
    limb(layer, shoulder, elbow, 0.05, 0.043, sleeve, 1);
  }
}

/** Where the photograph ends, in metres around the body's middle. */
function seamMetres(cutout: Cutout, faceHeight: number): { height: number; left: number; right: number } {
  const { pixelsPerMetre } = cutout.levels[0]!;
  const [left, top, right, bottom] = cutout.faceXyxy;
  const middle = (left + right) / 2;
  return {
    height: faceHeight - (cutout.seam.y - (top + bottom) / 2) / pixelsPerMetre,
    left: (cutout.seam.left - middle) / pixelsPerMetre,
    right: (cutout.seam.right - middle) / pixelsPerMetre,
  };
}

/** A limb: radii in metres, light from the upper left. */
function limb(
  layer: Layer,
  from: Projection,
  to: Projection,
  fromRadius: number,
  toRadius: number,
  colour: Rgb,
  light: number,
): void {
  drawCapsule(
    layer,
    [from, fromRadius],
    [to, toRadius],
    colour,
    (across) => light * (0.5 + 0.5 * Math.sqrt(1 - across * across * 0.96) + 0.1 * across),
  );
}

interface Ring extends Projection {
  readonly half: number;
  readonly colour: Rgb;
}

/** The trunk: rings from top to bottom, between them smooth. */
function torso(layer: Layer, rings: readonly Ring[], breadth: number): void {
  for (let index = 0; index + 1 < rings.length; index++) {
    const above = rings[index]!;
    const below = rings[index + 1]!;
    const y1 = Math.max(layer.top, Math.round(above.y));
    const y2 = Math.min(layer.bottom, Math.round(below.y));
    for (let y = y1; y < y2; y++) {
      const t = (y - above.y) / (below.y - above.y);
      const s = t * t * (3 - 2 * t);
      const middle = above.x + (below.x - above.x) * s;
      const half =
        (above.half * above.pixelsPerMetre * (1 - s) + below.half * below.pixelsPerMetre * s) * breadth;
      const fromX = Math.max(layer.left, Math.floor(middle - half - 1));
      const toX = Math.min(layer.right - 1, Math.ceil(middle + half + 1));
      for (let x = fromX; x <= toX; x++) {
        const offset = x + 0.5 - middle;
        const coverage = Math.min(1, half - Math.abs(offset) + 0.5);
        if (coverage <= 0) continue;
        const u = Math.max(-1, Math.min(1, offset / half));
        // Long folds that hang down: low waves across, bent a little along.
        const fold = 0.05 * Math.sin(u * 9 + t * 2 + index) * (0.4 + 0.6 * Math.abs(u));
        const shade = 0.5 + 0.47 * Math.sqrt(1 - u * u * 0.9) - 0.08 * u + fold;
        const [r, g, b] = below.colour;
        lay(layer, (y * layer.width + x) * 4, r * shade, g * shade, b * shade, coverage);
      }
    }
  }
}

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

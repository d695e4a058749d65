import type { Clothes } from './body.ts';
import type { Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';
import { drawLimb, drawTrunk, type Light, type Rgb, type Ring, type Turn } from './solid.ts';

/** A body at a moment, and where a camera sees its points. */
export interface Posture {
  readonly tallMetres: number;
  /** Angle in the cycle of two steps, radians. */
  readonly gait: number;
  /** 0..1: stands, or walks. */
  readonly stride: number;
  readonly turn: Turn;
  readonly light: Light;
  readonly focalPixels: number;
  /** Metres to the body's own right, above the floor, and ahead of it. */
  readonly at: (right: number, height: number, ahead: number) => Projection;
}

export interface Dress {
  readonly clothes: Clothes;
  readonly skin: Rgb;
  /** The upper end of what is drawn: the photograph goes on from there. */
  readonly shoulderMetres: number;
  readonly halfShoulders: number;
}

/** How far the thigh swings at a full stride, so that feet don't slide: half a step of 0.62 m on a leg of 0.86 m. */
const THIGH_SWING = 0.36;
const KNEE_BEND = 0.95;
const ARM_SWING = 0.42;
const ELBOW_BEND = 0.28;
const SHOE: Rgb = [44, 38, 36];
/** A limb that lies so much nearer to the camera than the body's middle is drawn over it. */
const NEARER_METRES = 0.03;

/** A body in two halves: what lies behind the trunk's front, and the limbs before it. */
export interface BodyParts {
  drawBehind(layer: Layer): void;
  drawBefore(layer: Layer): void;
}

/**
 * A body from the neck down: joints in metres, walking as people do (thighs swing, the knee of the leg that comes forward
 * bends, arms swing against the legs), each limb a capsule and the trunk a pile of ellipses, lit by one light.
 */
export function bodyParts(posture: Posture, dress: Dress): BodyParts {
  const { tallMetres: tall, at, light, turn } = posture;
  const { clothes, skin } = dress;
  const [top, bottom] = [rgbOf(clothes.top), rgbOf(clothes.bottom)];
  const metresAway = ({ pixelsPerMetre }: Projection): number => posture.focalPixels / pixelsPerMetre;
  const middle = metresAway(at(0, 0.6 * tall, 0));
  const limbs = [-1, 1].flatMap((side) => [legOf(side, posture), armOf(side, posture, dress)]);
  const isBefore = ({ joints: [, elbow, wrist] }: Limb): boolean =>
    (metresAway(elbow!) + metresAway(wrist!)) / 2 < middle - NEARER_METRES;
  const colours = { leg: clothes.kind === 'skirt' ? skin : bottom, arm: clothes.sleeves ? top : skin };
  const draw = (layer: Layer, { kind, joints }: Limb): void => {
    if (kind === 'leg') {
      const slim = clothes.kind === 'trousers' ? 1 : 0.85;
      const [hip, knee, ankle, toe] = joints as [Projection, Projection, Projection, Projection];
      drawLimb(layer, [ankle, 0.043], [toe, 0.036], SHOE, light);
      drawLimb(layer, [knee, 0.058 * slim], [ankle, 0.042 * slim], colours.leg, light, 0.92);
      drawLimb(layer, [hip, 0.088 * slim], [knee, 0.06 * slim], colours.leg, light, 0.97);
    } else {
      const [shoulder, elbow, wrist, hand] = joints as [Projection, Projection, Projection, Projection];
      drawLimb(layer, [wrist, 0.027], [hand, 0.034], skin, light);
      drawLimb(layer, [elbow, 0.04], [wrist, 0.029], colours.arm, light);
      drawLimb(layer, [shoulder, 0.052], [elbow, 0.042], colours.arm, light);
    }
  };
  const farFirst = limbs.sort((a, b) => a.joints[1]!.pixelsPerMetre - b.joints[1]!.pixelsPerMetre);
  return {
    drawBehind(layer) {
      for (const limb of farFirst) if (limb.kind === 'leg') draw(layer, limb);
      for (const limb of farFirst) if (limb.kind === 'arm' && !isBefore(limb)) draw(layer, limb);
      drawTrunk(layer, ringsOf(posture, dress, top, bottom), turn, light);
      for (const side of [-1, 1]) {
        const nape = at(side * 0.045, dress.shoulderMetres + 0.02, -0.01);
        const joint = at(side * (dress.halfShoulders - 0.04), dress.shoulderMetres - 0.05, 0);
        drawLimb(layer, [nape, 0.05], [joint, 0.056], top, light);
      }
      const neck = (height: number): Projection => at(0, dress.shoulderMetres + height, 0.01);
      drawLimb(layer, [neck(-0.02), 0.055], [neck(0.09), 0.05], skin, light, 0.8);
    },
    drawBefore(layer) {
      for (const limb of farFirst) if (limb.kind === 'arm' && isBefore(limb)) draw(layer, limb);
    },
  };
}

interface Limb {
  readonly kind: 'leg' | 'arm';
  readonly joints: readonly Projection[];
}

function legOf(side: number, { tallMetres: tall, gait, stride, at }: Posture): Limb {
  const [thigh, shank, sole] = [0.245 * tall, 0.246 * tall, 0.04 * tall];
  const angles = (which: number): readonly [number, number] => {
    const phase = gait + (which > 0 ? 0 : Math.PI);
    const forward = THIGH_SWING * stride * Math.sin(phase) + 0.03;
    const bend = 0.06 + KNEE_BEND * stride * Math.max(0, Math.cos(phase + 0.25)) ** 1.5;
    return [forward, forward - bend];
  };
  const reach = ([forward, lower]: readonly [number, number]): number =>
    thigh * Math.cos(forward) + shank * Math.cos(lower);
  // Whichever foot is lower stands on the floor.
  const hipHeight = sole + Math.max(reach(angles(-1)), reach(angles(1)));
  const own = angles(side);
  const kneeAhead = thigh * Math.sin(own[0]);
  const kneeHeight = hipHeight - thigh * Math.cos(own[0]);
  const ankleAhead = kneeAhead + shank * Math.sin(own[1]);
  const ankleHeight = kneeHeight - shank * Math.cos(own[1]);
  const toeDown = Math.min(0.05, ankleHeight - 0.025);
  return {
    kind: 'leg',
    joints: [
      at(side * 0.085, hipHeight, 0),
      at(side * 0.083, kneeHeight, kneeAhead),
      at(side * 0.075, ankleHeight - 0.01, ankleAhead - 0.02),
      at(side * 0.09, ankleHeight - toeDown, ankleAhead + 0.15),
    ],
  };
}

function armOf(side: number, { tallMetres: tall, gait, stride, at }: Posture, dress: Dress): Limb {
  const [upper, lower] = [0.172 * tall, 0.145 * tall];
  const swing = -ARM_SWING * stride * Math.sin(gait + (side > 0 ? 0 : Math.PI));
  // Who stands before a shelf reaches out with one hand.
  const reaching = side > 0 ? (1 - stride) * 0.75 : 0;
  const [first, second] = [swing + 0.04 + reaching * 0.35, swing + ELBOW_BEND + reaching];
  const shoulderHeight = dress.shoulderMetres - 0.055;
  const shoulder = side * (dress.halfShoulders - 0.035);
  const [elbowAhead, elbowHeight] = [upper * Math.sin(first), shoulderHeight - upper * Math.cos(first)];
  const [wristAhead, wristHeight] = [
    elbowAhead + lower * Math.sin(second),
    elbowHeight - lower * Math.cos(second),
  ];
  const [handAhead, handHeight] = [
    wristAhead + 0.08 * Math.sin(second),
    wristHeight - 0.08 * Math.cos(second),
  ];
  return {
    kind: 'arm',
    joints: [
      at(shoulder, shoulderHeight, 0),
      at(shoulder + side * 0.045, elbowHeight, elbowAhead - 0.02),
      at(shoulder + side * 0.045, wristHeight, wristAhead),
      at(shoulder + side * 0.035, handHeight, handAhead),
    ],
  };
}

function ringsOf(
  { tallMetres: tall, gait, stride, at }: Posture,
  dress: Dress,
  top: Rgb,
  bottom: Rgb,
): Ring[] {
  const { clothes, shoulderMetres: shoulders, halfShoulders } = dress;
  const ring = (height: number, halfWidth: number, halfDepth: number, colour: Rgb, ahead = 0): Ring => ({
    ...at(0, height, ahead),
    halfWidth,
    halfDepth,
    colour,
  });
  const long = clothes.kind !== 'trousers';
  const sway = 0.012 * stride * Math.cos(2 * gait);
  return [
    ring(shoulders - 0.02, halfShoulders * 0.78, 0.075, top),
    ring(shoulders - 0.1, halfShoulders * 0.86, 0.115, top),
    ring(shoulders - 0.2, 0.155, 0.13, top, 0.015),
    ring(0.625 * tall, 0.128, 0.1, top),
    ring(0.55 * tall, 0.168, 0.125, top, -0.01),
    ring(0.5 * tall, 0.172, 0.13, bottom, -0.015),
    ring(
      long ? 0.3 * tall : 0.455 * tall,
      long ? 0.2 + sway : 0.15,
      long ? 0.17 + 0.08 * stride : 0.11,
      bottom,
    ),
  ];
}

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

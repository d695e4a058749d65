import { lay, type Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';

export type Rgb = readonly [number, number, number];

/** Where light comes from, as the camera sees it: a unit vector to the picture's right, up in it, and towards the camera. */
export type Light = readonly [right: number, up: number, near: number];

/** What falls into every fold, and what the lamps add to a surface that faces them. */
const AMBIENT = 0.56;
const LAMPS = 0.5;

/** How bright a surface is whose normal points there. */
export function brightness(light: Light, right: number, up: number, near: number): number {
  return AMBIENT + LAMPS * Math.max(0, right * light[0] + up * light[1] + near * light[2]);
}

/** A tapered capsule between two joints, lit by `light`; radii in metres. */
export function drawLimb(
  layer: Layer,
  from: readonly [Projection, number],
  to: readonly [Projection, number],
  colour: Rgb,
  light: Light,
  gain = 1,
): void {
  // The normal of the cylinder, also at its ends: joints are no balls.
  drawCapsule(
    layer,
    from,
    to,
    colour,
    (across, alongX, alongY) =>
      gain * brightness(light, across * alongY, across * alongX, Math.sqrt(1 - across * across)),
  );
}

/**
 * A tapered capsule between two joints; radii in metres.
 * @param shadeAt how bright it is, from one side (-1) across to the other (1), of a capsule that runs in this direction
 */
export function drawCapsule(
  layer: Layer,
  [from, fromRadius]: readonly [Projection, number],
  [to, toRadius]: readonly [Projection, number],
  colour: Rgb,
  shadeAt: (across: number, alongX: number, alongY: number) => number,
): void {
  const r1 = fromRadius * from.pixelsPerMetre;
  const r2 = toRadius * to.pixelsPerMetre;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const lengthSquared = dx * dx + dy * dy + 1e-6;
  const length = Math.sqrt(lengthSquared);
  const x1 = Math.max(layer.left, Math.floor(Math.min(from.x - r1, to.x - r2) - 1));
  const x2 = Math.min(layer.right - 1, Math.ceil(Math.max(from.x + r1, to.x + r2) + 1));
  const y1 = Math.max(layer.top, Math.floor(Math.min(from.y - r1, to.y - r2) - 1));
  const y2 = Math.min(layer.bottom - 1, Math.ceil(Math.max(from.y + r1, to.y + r2) + 1));
  for (let y = y1; y <= y2; y++) {
    for (let x = x1; x <= x2; x++) {
      const px = x + 0.5 - from.x;
      const py = y + 0.5 - from.y;
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
      const radius = r1 + (r2 - r1) * t;
      const ox = px - t * dx;
      const oy = py - t * dy;
      const coverage = Math.min(1, radius - Math.sqrt(ox * ox + oy * oy) + 0.5);
      if (coverage <= 0) continue;
      const across = Math.max(-1, Math.min(1, (px * dy - py * dx) / length / radius));
      const shade = shadeAt(across, dx / length, dy / length);
      const at = (y * layer.width + x) * 4;
      lay(layer, at, colour[0] * shade, colour[1] * shade, colour[2] * shade, coverage);
    }
  }
}

/** A level cut through a body or a dress: an ellipse, metres. */
export interface Ring extends Projection {
  readonly halfWidth: number;
  readonly halfDepth: number;
  readonly colour: Rgb;
}

/** How the body is turned: 1 and 0 when facing the camera, 0 and 1 when looking to the picture's right. */
export interface Turn {
  readonly nearing: number;
  readonly sideways: number;
}

/** Half the width in which an ellipse is seen, and by which angle what is seen of it is turned. */
export function seenEllipse(
  halfWidth: number,
  halfDepth: number,
  { nearing, sideways }: Turn,
): { readonly half: number; readonly turn: number } {
  const [across, along] = [halfWidth * nearing, halfDepth * sideways];
  return { half: Math.hypot(across, along), turn: Math.atan2(along, across) };
}

/** The trunk: rings from top to bottom, between them smooth, with folds that turn with the body. */
export function drawTrunk(layer: Layer, rings: readonly Ring[], turn: Turn, light: Light): void {
  for (let index = 0; index + 1 < rings.length; index++) {
    const [above, below] = [rings[index]!, rings[index + 1]!];
    const [upper, lower] = [above, below].map((ring) =>
      seenEllipse(ring.halfWidth, ring.halfDepth, turn),
    ) as [ReturnType<typeof seenEllipse>, ReturnType<typeof seenEllipse>];
    const y1 = Math.max(layer.top, Math.round(above.y));
    const y2 = Math.min(layer.bottom, Math.round(below.y));
    for (let y = y1; y < y2; y++) {
      const t = (y + 0.5 - above.y) / (below.y - above.y);
      const s = t * t * (3 - 2 * t);
      const middle = above.x + (below.x - above.x) * s;
      const half = upper.half * above.pixelsPerMetre * (1 - s) + lower.half * below.pixelsPerMetre * s;
      const widening = (lower.half - upper.half) * 0.8;
      const fromX = Math.max(layer.left, Math.floor(middle - half - 1));
      const toX = Math.min(layer.right - 1, Math.ceil(middle + half + 1));
      for (let x = fromX; x <= toX; x++) {
        const offset = x + 0.5 - middle;
        const coverage = Math.min(1, half - Math.abs(offset) + 0.5);
        if (coverage <= 0) continue;
        const u = Math.max(-1, Math.min(1, offset / half));
        const around = Math.asin(u) - upper.turn;
        // Cloth hangs in folds that run down and bend a little.
        const fold =
          0.05 * Math.sin(around * 7 + t * 2 + index) + 0.03 * Math.sin(around * 13 - t * 5 + index * 2);
        const shade = brightness(light, u, -widening, Math.sqrt(1 - u * u)) + fold;
        const [r, g, b] = below.colour;
        lay(layer, (y * layer.width + x) * 4, r * shade, g * shade, b * shade, coverage);
      }
    }
  }
}

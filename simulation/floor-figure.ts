import type { Occluder } from './floor-backdrop.ts';
import { bodyParts } from './floor-body.ts';
import { drawPortrait, type Portrait } from './floor-portrait.ts';
import { clothesOf, type FloorStance } from './floor-stance.ts';
import type { FloorWalk } from './floor-walks.ts';
import { openLayer, type Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';
import type { PlanPoint, PoseCamera } from './pose-camera.ts';
import type { Light, Turn } from './solid.ts';

/** A person before a ceiling camera. */
export interface Figure {
  readonly walk: FloorWalk;
  readonly stance: FloorStance;
  readonly portrait: Portrait;
  readonly turn: Turn;
  readonly light: Light;
  readonly metresAway: number;
  readonly focalPixels: number;
  readonly hiddenBy: readonly Occluder[];
  /** Where the camera sees a point of the body: metres to its own right, above the floor, and ahead of it. */
  readonly at: (right: number, height: number, ahead: number) => Projection;
  /** The same of a point so far to the picture's right of the body's middle. */
  readonly beside: (across: number, height: number) => Projection;
}

/** From the crown to the centre of the face, and on to the line of the shoulders. */
const FACE_BELOW_CROWN = 0.125;
const SHOULDERS_BELOW_FACE = 0.17;
const HALF_SHOULDERS = 0.2;
const BOB_METRES = 0.013;
/** From where most light comes: lamps above, and daylight from the door, the left of the plan. */
const LIGHT = { place: [-0.42, 0.18] as PlanPoint, height: 0.89 };

export function figureOf(
  camera: PoseCamera,
  walk: FloorWalk,
  stance: FloorStance,
  portrait: Portrait,
  occluders: readonly Occluder[],
): Figure {
  const [x, y] = stance.place;
  const [dx, dy] = [camera.place[0] - x, camera.place[1] - y];
  const metresAway = Math.hypot(dx, dy);
  const [cx, cy]: PlanPoint = [dx / metresAway, dy / metresAway];
  // To the right as the camera sees it, when looking at the person.
  const [rx, ry]: PlanPoint = [cy, -cx];
  const [fx, fy] = stance.facing;
  const elevation = Math.atan2(camera.heightMetres - walk.heightMetres / 2, metresAway);
  const towards = LIGHT.place[0] * cx + LIGHT.place[1] * cy;
  return {
    walk,
    stance,
    portrait,
    turn: { nearing: fx * cx + fy * cy, sideways: fx * rx + fy * ry },
    light: [
      LIGHT.place[0] * rx + LIGHT.place[1] * ry,
      LIGHT.height * Math.cos(elevation) - towards * Math.sin(elevation),
      LIGHT.height * Math.sin(elevation) + towards * Math.cos(elevation),
    ],
    metresAway,
    focalPixels: camera.pinhole.focalPixels,
    hiddenBy: occluders.filter(({ fixture }) => standsBetween(fixture, camera.place, stance.place)),
    // The plan's axes run right and down, so somebody's right hand is their direction turned clockwise.
    at: (right, height, ahead) =>
      camera.project([x - fy * right + fx * ahead, y + fx * right + fy * ahead], height),
    beside: (across, height) => camera.project([x + rx * across, y + ry * across], height),
  };
}

/** Draws a person on the layer, wholly. */
export function drawFigure(layer: Layer, figure: Figure): void {
  const { walk, stance, portrait, turn, light, at, focalPixels } = figure;
  const bob = BOB_METRES * Math.cos(2 * stance.gait) * stance.stride;
  const faceMetres = walk.heightMetres - FACE_BELOW_CROWN + bob;
  const face = at(0, faceMetres, 0);
  const feet = at(0, 0, 0);
  const chest = at(0, faceMetres - 0.5, 0);
  const reach = 0.62 * face.pixelsPerMetre;
  openLayer(
    layer,
    Math.min(face.x, feet.x) - reach,
    face.y - 0.36 * face.pixelsPerMetre,
    Math.max(face.x, feet.x) + reach,
    feet.y + 0.3 * feet.pixelsPerMetre,
  );
  const { gait, stride } = stance;
  const parts = bodyParts(
    { tallMetres: walk.heightMetres + bob, gait, stride, turn, light, focalPixels, at },
    {
      clothes: clothesOf(walk),
      skin: portrait.cutout.skin,
      shoulderMetres: faceMetres - SHOULDERS_BELOW_FACE,
      halfShoulders: HALF_SHOULDERS,
    },
  );
  parts.drawBehind(layer);
  const upright = Math.min(
    1,
    (chest.y - face.y) / (0.5 * ((face.pixelsPerMetre + chest.pixelsPerMetre) / 2)),
  );
  drawPortrait(layer, portrait, { face, chest, turn, light, upright });
  parts.drawBefore(layer);
}

/** Whether the straight way from the camera to the person, or to either shoulder, crosses the fixture's footprint. */
function standsBetween(
  { left, top, right, bottom }: Occluder['fixture'],
  camera: PlanPoint,
  person: PlanPoint,
): boolean {
  const [dx, dy] = [person[0] - camera[0], person[1] - camera[1]];
  const length = Math.hypot(dx, dy);
  return [-0.22, 0, 0.22].some((side) => {
    const [px, py] = [person[0] - (dy / length) * side, person[1] + (dx / length) * side];
    let [from, to] = [0, 1];
    for (const [start, end, low, high] of [
      [camera[0], px, left, right],
      [camera[1], py, top, bottom],
    ] as const) {
      const step = end - start;
      if (Math.abs(step) < 1e-9) {
        if (start < low || start > high) return false;
        continue;
      }
      const [a, b] = [(low - start) / step, (high - start) / step];
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    }
    return from < to;
  });
}

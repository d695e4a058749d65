import type { Place } from './pinhole.ts';
import { DOOR_CAMERA } from './scene.ts';

/** A spot in the shop, metres. */
export type Spot = readonly [across: number, height: number, away: number];

/** An upright that stands on the floor. */
export function post(across: number, away: number, half: number, height: number, colour: string): string {
  return quad(
    [across - half, height, away],
    [across + half, height, away],
    [across + half, 0, away],
    [across - half, 0, away],
    colour,
  );
}

/** Four corners in turn. */
export function quad(a: Spot, b: Spot, c: Spot, d: Spot, fill: string, opacity = 1): string {
  return polygon([a, b, c, d], fill, opacity);
}

/** A plane figure in the shop, seen by the camera. */
export function polygon(spots: readonly Spot[], fill: string, opacity = 1): string {
  const points = spots.map((spot) => {
    const { x, y } = at(spot);
    return `${px(x)},${px(y)}`;
  });
  return `<polygon points="${points.join(' ')}" fill="${fill}" fill-opacity="${opacity}"/>`;
}

/** A straight line in the shop; its width is in pixels. */
export function line(from: Spot, to: Spot, colour: string, opacity: number, width = 1): string {
  const [a, b] = [at(from), at(to)];
  return `<line x1="${px(a.x)}" y1="${px(a.y)}" x2="${px(b.x)}" y2="${px(b.y)}" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${width}"/>`;
}

/** Where the camera sees a spot. */
export function at([across, height, away]: Spot): ReturnType<typeof DOOR_CAMERA.project> {
  return DOOR_CAMERA.project({ across, height, away } satisfies Place);
}

/** A number as SVG wants it. */
export const px = (value: number): string => value.toFixed(1);

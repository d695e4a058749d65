import type { PlanPoint } from './pose-camera.ts';

/** Ways across the floor are kept as places every tenth of a second. */
export const STEPS_PER_SECOND = 10;

/** A way: where somebody is at each step from `firstStep` on, counted from the video's beginning and past its end. */
export interface Way {
  readonly firstStep: number;
  readonly places: readonly PlanPoint[];
}

/** Who is where at every step of the video, which begins again at its end. */
export class Occupancy {
  readonly #steps: { readonly who: number; readonly place: PlanPoint }[][];

  constructor(steps: number) {
    this.#steps = Array.from({ length: steps }, () => []);
  }

  add(who: number, { firstStep, places }: Way): void {
    for (const [index, place] of places.entries()) this.#at(firstStep + index).push({ who, place });
  }

  remove(who: number): void {
    for (const [step, present] of this.#steps.entries()) {
      this.#steps[step] = present.filter((one) => one.who !== who);
    }
  }

  /** Whether nobody else comes nearer than that along the way. */
  isFree(who: number, { firstStep, places }: Way, metres: number): boolean {
    const near = metres * metres;
    for (const [index, [x, y]] of places.entries()) {
      for (const { who: other, place } of this.#at(firstStep + index)) {
        if (other !== who && (place[0] - x) ** 2 + (place[1] - y) ** 2 < near) return false;
      }
    }
    return true;
  }

  #at(step: number): { readonly who: number; readonly place: PlanPoint }[] {
    const { length } = this.#steps;
    return this.#steps[((step % length) + length) % length]!;
  }
}

/** Places every step along a route, without its first point. */
export function walkAlong(route: readonly PlanPoint[], metresPerSecond: number): PlanPoint[] {
  const places: PlanPoint[] = [];
  const stride = metresPerSecond / STEPS_PER_SECOND;
  let left = stride;
  for (let index = 0; index + 1 < route.length; index++) {
    const [from, to] = [route[index]!, route[index + 1]!];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    while (left <= length) {
      places.push([
        from[0] + ((to[0] - from[0]) * left) / length,
        from[1] + ((to[1] - from[1]) * left) / length,
      ]);
      left += stride;
    }
    left -= length;
  }
  const [last, end] = [places.at(-1), route[route.length - 1]!];
  if (!last || Math.hypot(last[0] - end[0], last[1] - end[1]) > 1e-6) places.push(end);
  return places;
}

/** The same place for so many seconds. */
export function standAt(place: PlanPoint, seconds: number): PlanPoint[] {
  return Array.from({ length: Math.max(0, Math.round(seconds * STEPS_PER_SECOND)) }, () => place);
}

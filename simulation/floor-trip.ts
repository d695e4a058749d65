import { TILL, WAY_OUT, type Stop, FITTING_ROOMS, STOPS } from './floor-plan.ts';
import type { QueueSpell, TillQueue } from './floor-queue.ts';
import { isFree, routeBetween } from './floor-routes.ts';
import { standAt, STEPS_PER_SECOND, walkAlong, type Occupancy, type Way } from './floor-time.ts';
import type { PlanPoint } from './pose-camera.ts';
import type { Random } from './random.ts';

/** Between the middles of two people. */
export const GAP_METRES = 0.62;
const LONGEST_DWELL_SECONDS = 20;
const TRIES_A_LEG = 120;

/** What has been planned so far. */
export interface Day {
  readonly seconds: number;
  readonly occupancy: Occupancy;
  readonly queue: TillQueue;
  readonly random: Random;
}

/** A way that is being put together. */
export class Trip {
  readonly visit: number;
  readonly firstStep: number;
  readonly places: PlanPoint[];
  readonly towards: (PlanPoint | undefined)[];
  readonly #occupancy: Occupancy;
  readonly #gapMetres: number;

  constructor(visit: number, { firstStep, places }: Way, occupancy: Occupancy, gapMetres = GAP_METRES) {
    this.visit = visit;
    this.firstStep = firstStep;
    this.places = [...places];
    this.towards = places.map(() => undefined);
    this.#occupancy = occupancy;
    this.#gapMetres = gapMetres;
  }

  get place(): PlanPoint {
    return this.places.at(-1)!;
  }
  /** The step after the last one. */
  get nextStep(): number {
    return this.firstStep + this.places.length;
  }
  get seconds(): number {
    return this.nextStep / STEPS_PER_SECOND;
  }

  /** Whether nobody is in the way, so many steps from now. */
  fits(places: readonly PlanPoint[], later = 0): boolean {
    return this.#occupancy.isFree(this.visit, { firstStep: this.nextStep + later, places }, this.#gapMetres);
  }

  go(places: readonly PlanPoint[], towards?: PlanPoint): void {
    this.places.push(...places);
    for (let index = 0; index < places.length; index++) this.towards.push(towards);
  }
}

/** From stop to stop until it is time; everybody stops at least once. @returns whether there was always a way */
export function browse(trip: Trip, until: number, wantsToTry: boolean, random: Random): boolean {
  const seen = new Set<Stop>();
  let tried = !wantsToTry;
  let stops = 0;
  while (stops === 0 || trip.seconds < until) {
    if (!tried && stops > 0) {
      tried = true;
      if (!tryOn(trip, random)) return false;
      continue;
    }
    let found = false;
    for (let attempt = 0; attempt < TRIES_A_LEG && !found; attempt++) {
      const stop = random.pick(STOPS);
      const far = Math.hypot(stop.place[0] - trip.place[0], stop.place[1] - trip.place[1]);
      // People go to what is near more often than across the shop.
      if (seen.has(stop) || random.unit() > 2.5 / Math.max(2.5, far)) continue;
      const left = Math.max(3, until - trip.seconds - far);
      const dwell = Math.min(LONGEST_DWELL_SECONDS, random.between(3, 14), left);
      found = leg(trip, stop.place, random, () => standAt(stop.place, dwell), stop.towards);
      if (found) seen.add(stop);
    }
    if (!found) return false;
    stops++;
  }
  return true;
}

function tryOn(trip: Trip, random: Random): boolean {
  for (const { before, inside } of random.shuffled(FITTING_ROOMS)) {
    const stay = random.between(7, 13);
    const places = [
      ...walkAlong([before, inside], 0.7),
      ...standAt(inside, stay),
      ...walkAlong([inside, before], 0.7),
    ];
    for (let attempt = 0; attempt < 8; attempt++) {
      if (leg(trip, before, random, () => places)) return true;
    }
  }
  return false;
}

/** Into the queue and to the till, or out of the queue again. @returns undefined when there is no way */
export function pay(trip: Trip, impatient: boolean, { queue, random }: Day): QueueSpell | undefined {
  for (let attempt = 0; attempt < TRIES_A_LEG; attempt++) {
    const patience = impatient ? random.between(4, 9) : 90;
    const linger = attempt === 0 ? 0 : random.between(0, 10);
    const speed = random.between(0.7, 1.1);
    const stay = standAt(trip.place, linger);
    // Who is ahead depends on when one arrives, and that on where the line ends then.
    let ahead = queue.ahead(trip.seconds + linger + 5).length;
    for (let round = 0; round < 4; round++) {
      const spot = queue.spot(ahead);
      const route = spot && routeBetween(trip.place, spot);
      if (!route) break;
      const way = [...stay, ...walkAlong(route, speed)];
      const joinStep = trip.nextStep + way.length;
      const found = queue.ahead(joinStep / STEPS_PER_SECOND).length;
      if (found !== ahead) {
        ahead = found;
        continue;
      }
      if (impatient && ahead === 0) break;
      const { places, spell } = queue.wait(joinStep, random, patience);
      if (!trip.fits([...way, ...places])) break;
      trip.go(stay, trip.towards.at(-1));
      trip.go(way.slice(stay.length));
      trip.go(places, spell.servedAtSeconds === null ? TILL.place : TILL.towards);
      return spell;
    }
    if (impatient && attempt > TRIES_A_LEG / 2) impatient = false;
  }
  return undefined;
}

/** Through the way out. @returns whether there was a way */
export function walkOut(trip: Trip, random: Random): boolean {
  const [door, gone] = WAY_OUT;
  for (let attempt = 0; attempt < TRIES_A_LEG; attempt++) {
    const offset = random.between(-0.4, 0.4);
    const at = (point: PlanPoint): PlanPoint => [point[0], point[1] + offset];
    if (leg(trip, at(door), random, () => walkAlong([at(door), at(gone)], 0.95))) return true;
  }
  return false;
}

/**
 * One leg, and what comes after it, if nobody is in the way: at some speed, now or a little later, straight there or by
 * way of somewhere else.
 */
export function leg(
  trip: Trip,
  target: PlanPoint,
  random: Random,
  afterwards: () => readonly PlanPoint[],
  towards?: PlanPoint,
): boolean {
  const { place } = trip;
  const standing = trip.towards.at(-1) !== undefined;
  const linger = standing && random.unit() < 0.5 ? standAt(place, random.between(0, 6)) : [];
  const route = routeVia(place, target, random);
  if (!route) return false;
  const way = walkAlong(route, random.between(0.65, 1.15));
  const going = [...linger, ...way];
  if (!trip.fits(going)) return false;
  const then = afterwards();
  if (!trip.fits(then, going.length)) return false;
  trip.go(linger, trip.towards.at(-1));
  trip.go(way);
  trip.go(then, towards);
  return true;
}

function routeVia(from: PlanPoint, to: PlanPoint, random: Random): readonly PlanPoint[] | undefined {
  if (random.unit() < 0.4) return routeBetween(from, to);
  const via: PlanPoint = [
    round((from[0] + to[0]) / 2 + random.between(-1.5, 1.5)),
    round((from[1] + to[1]) / 2 + random.between(-1.5, 1.5)),
  ];
  if (!isFree(via)) return undefined;
  const [there, on] = [routeBetween(from, via), routeBetween(via, to)];
  return there && on && [...there, ...on.slice(1)];
}

function round(metres: number): number {
  return Math.round(metres * 4) / 4;
}

import { UserError } from '../runtime/errors.ts';
import { doorToPlan, FITTING_ROOMS, STAFF, STOPS, TILL, WAY_OUT, type Stop } from './floor-plan.ts';
import { TillQueue, type QueueSpell } from './floor-queue.ts';
import { isFree, routeBetween } from './floor-routes.ts';
import { Occupancy, standAt, STEPS_PER_SECOND, walkAlong, type Way } from './floor-time.ts';
import { planWalks, planSeconds, entrySeconds, stanceAt, walkSeconds, type Walk } from './plan.ts';
import type { PlanPoint } from './pose-camera.ts';
import { seededRandom, type Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { SCENE } from './scene.ts';

/** One person's way across the floor. Seconds count from the video's beginning and may reach past its end. */
export interface FloorWalk {
  /** The walk through the door that this goes on from; staff have numbers behind the visits. */
  readonly visit: number;
  readonly castId: string;
  readonly member: boolean;
  readonly staff: boolean;
  readonly heightMetres: number;
  readonly gaitPhase: number;
  readonly firstStep: number;
  /** Metres on the plan, every tenth of a second: the first at the door. Staff: the whole video. */
  readonly places: readonly PlanPoint[];
  /** What somebody who stands looks at, by step; undefined while walking. */
  readonly towards: readonly (PlanPoint | undefined)[];
  /** Staff: the beginning of the video. */
  readonly enteredAtSeconds: number;
  /** Through the way out. Staff: the end of the video. */
  readonly leftAtSeconds: number;
  readonly queue: QueueSpell | undefined;
}

/** Everybody's way, in a video that begins again after `seconds`: who is inside then is inside at the beginning. */
export interface FloorDay {
  readonly seconds: number;
  readonly walks: readonly FloorWalk[];
}

/** Looks of those who work there: cast ids, in clothes of the house. */
export const STAFF_CAST = ['1b', '4d'] as const;
/** Between the middles of two people. */
const GAP_METRES = 0.62;
/** Where it is crowded, people squeeze past each other. */
const SQUEEZE_METRES = [0.52, 0.4] as const;
const LONGEST_DWELL_SECONDS = 20;
/** Who comes again later must have left before. */
const BEFORE_RETURN_SECONDS = 2;
/** It cannot be shorter: then the same face is in the shop twice for a while. */
const SHORTEST_STAY_SECONDS = 32;
/** With less time than that until then, nobody tries on or pays. */
const UNHURRIED_SECONDS = 60;
/** Nobody turns at once when past the door camera; and others keep out of the way there. */
const STRAIGHT_METRES = 0.5;
const KEPT_FREE_METRES = 1.1;
/** The longest that somebody of the staff is out on the floor. */
const ROUND_SECONDS = 60;
const TRIES_A_DAY = 30;
const TRIES_A_LEG = 120;
const TRIES_A_TRIP = 50;

/** Sends everyone who comes through the door across the floor. The same scenario gives the same day. */
export function planFloor(scenario: Scenario, walks: readonly Walk[] = planWalks(scenario)): FloorDay {
  const steps = Math.round(shopSeconds(scenario, walks) * STEPS_PER_SECOND);
  for (let attempt = 0; attempt < TRIES_A_DAY; attempt++) {
    const planned = planDay(scenario, walks, steps, seededRandom(scenario.seed, `floor ${attempt}`));
    if (planned) return { seconds: steps / STEPS_PER_SECOND, walks: planned.map(smoothed) };
  }
  throw new UserError(
    'simulation.floor-full',
    `${walks.length} visits in ${scenario.minutes} minutes find no way past each other on the floor of the virtual shop`,
    'Send fewer shoppers, or let them stay for a shorter time (floor.staySeconds of the scenario).',
  );
}

/** After so long all videos of a scenario begin again: whole fifths of a second, and no frame of the door is cut off. */
export function shopSeconds(scenario: Scenario, walks: readonly Walk[] = planWalks(scenario)): number {
  const { framesPerSecond } = scenario.camera;
  const doorSeconds = Math.ceil(planSeconds(scenario, walks) * framesPerSecond) / framesPerSecond;
  return Math.ceil(doorSeconds * 5 - 1e-6) / 5;
}

/** Where somebody is, or undefined when not in the shop then. */
export function placeAt(walk: FloorWalk, day: FloorDay, seconds: number): PlanPoint | undefined {
  const elapsed = seconds - walk.firstStep / STEPS_PER_SECOND;
  const within = ((elapsed % day.seconds) + day.seconds) % day.seconds;
  const at = within * STEPS_PER_SECOND;
  const [from, to] = [walk.places[Math.floor(at)], walk.places[Math.floor(at) + 1]];
  if (!from) return undefined;
  if (!to) return at - Math.floor(at) < 1e-6 || walk.staff ? from : undefined;
  const t = at - Math.floor(at);
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
}

function planDay(
  scenario: Scenario,
  walks: readonly Walk[],
  steps: number,
  random: Random,
): FloorWalk[] | undefined {
  const seconds = steps / STEPS_PER_SECOND;
  const day: Day = { seconds, occupancy: new Occupancy(steps), queue: new TillQueue(seconds), random };
  const planned: FloorWalk[] = [];
  for (const walk of walks) day.occupancy.add(walk.visit, throughTheDoor(walk, KEPT_FREE_METRES));
  for (let index = 0; index < scenario.floor.staff; index++) {
    const walk = planStaff(index, walks.length + index, steps, day);
    if (!walk) return undefined;
    day.occupancy.add(walk.visit, walk);
    planned.push(walk);
  }
  for (const walk of walks) {
    const trip = planTrip(scenario, walk, walks, day);
    if (!trip) return undefined;
    day.occupancy.remove(walk.visit);
    day.occupancy.add(walk.visit, trip);
    if (trip.queue) day.queue.add(trip.queue);
    planned.push(trip);
  }
  return planned;
}

interface Day {
  readonly seconds: number;
  readonly occupancy: Occupancy;
  readonly queue: TillQueue;
  readonly random: Random;
}

/** A way that is being put together. */
class Trip {
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

function planTrip(scenario: Scenario, walk: Walk, walks: readonly Walk[], day: Day): FloorWalk | undefined {
  const { floor } = scenario;
  const entered = entrySeconds(walk);
  const latest = Math.max(
    returnOf(walk, walks, day.seconds) - BEFORE_RETURN_SECONDS,
    entered + SHORTEST_STAY_SECONDS,
  );
  const meansToPay = day.random.unit() < floor.payShare;
  for (let attempt = 0; attempt < TRIES_A_TRIP; attempt++) {
    const ease = attempt / TRIES_A_TRIP;
    const { random } = day;
    const door = throughTheDoor(walk, STRAIGHT_METRES);
    const trip = new Trip(walk.visit, door, day.occupancy, gapAt(ease));
    const hasTime = latest - entered > UNHURRIED_SECONDS;
    const wantsToTry = random.unit() < floor.fittingShare && hasTime;
    const wantsToPay = meansToPay && hasTime && ease < 0.6;
    const stay = random.between(...floor.staySeconds) * (1 - 0.5 * ease);
    const last = Math.min(entered + stay, latest - 20);
    if (!browse(trip, last, wantsToTry, random)) continue;
    const queue = wantsToPay ? pay(trip, random.unit() < floor.giveUpShare, day) : undefined;
    if (wantsToPay && !queue) continue;
    if (!walkOut(trip, random)) continue;
    const left = trip.places.findLastIndex(([x]) => x >= WAY_OUT[0][0]) + 1;
    const leftAtSeconds = (trip.firstStep + left) / STEPS_PER_SECOND;
    if (leftAtSeconds > latest) continue;
    return {
      visit: walk.visit,
      castId: walk.castId,
      member: walk.member,
      staff: false,
      heightMetres: walk.heightMetres,
      gaitPhase: walk.gaitPhase,
      firstStep: trip.firstStep,
      places: trip.places,
      towards: trip.towards,
      enteredAtSeconds: entered,
      leftAtSeconds,
      queue,
    };
  }
  return undefined;
}

/** From stop to stop until it is time; everybody stops at least once. @returns whether there was always a way */
function browse(trip: Trip, until: number, wantsToTry: boolean, random: Random): boolean {
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

function pay(trip: Trip, impatient: boolean, { queue, random }: Day): QueueSpell | undefined {
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

function walkOut(trip: Trip, random: Random): boolean {
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
function leg(
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

/** The one at the till moves a little from side to side; the other one goes out on the floor twice. */
function planStaff(
  index: number,
  visit: number,
  steps: number,
  { occupancy, random }: Day,
): FloorWalk | undefined {
  const home: PlanPoint = index === 0 ? STAFF.till : STAFF.desk;
  const counter: PlanPoint = [home[0], 8];
  const trip = new Trip(visit, { firstStep: 0, places: [home] }, occupancy);
  const stayHome = (until: number): void => {
    while (trip.nextStep < until) {
      const side: PlanPoint = [home[0] + random.between(-0.35, 0.1), home[1]];
      const there = walkAlong([trip.place, side], 0.5);
      trip.go(there);
      trip.go(standAt(side, random.between(4, 12)), counter);
    }
  };
  if (index > 0) {
    for (const share of [0.18, 0.62]) {
      stayHome(Math.round(share * steps));
      if (steps - trip.nextStep < ROUND_SECONDS * STEPS_PER_SECOND) break;
      if (!roundOfTheFloor(trip, home, random) || trip.nextStep > steps - 30) return undefined;
    }
  }
  stayHome(steps);
  // The last moments lead back to where the video begins.
  const back = walkAlong([trip.places[steps - 12]!, home], 0.6).slice(0, 11);
  const places = [...trip.places.slice(0, steps - 11), ...back];
  while (places.length < steps) places.push(home);
  return {
    visit,
    castId: STAFF_CAST[index]!,
    member: false,
    staff: true,
    heightMetres: 1.7,
    gaitPhase: 0,
    firstStep: 0,
    places,
    towards: places.map((_, step) => trip.towards[step]),
    enteredAtSeconds: 0,
    leftAtSeconds: steps / STEPS_PER_SECOND,
    queue: undefined,
  };
}

function roundOfTheFloor(trip: Trip, home: PlanPoint, random: Random): boolean {
  let stops = 0;
  for (let attempt = 0; attempt < 200 && stops < 2; attempt++) {
    const { place, towards } = random.pick(STOPS);
    if (leg(trip, place, random, () => standAt(place, random.between(6, 10)), towards)) stops++;
  }
  for (let attempt = 0; attempt < 200; attempt++) if (leg(trip, home, random, () => [])) return true;
  return false;
}

/** From the door to where the door camera loses sight, and so far straight on. */
function throughTheDoor(walk: Walk, beyondMetres: number): Way {
  const atDoor = walk.startSeconds + (SCENE.startAway - SCENE.doorAway) / walk.metresPerSecond;
  const atEnd = walk.startSeconds + walkSeconds(walk);
  const firstStep = Math.ceil(atDoor * STEPS_PER_SECOND);
  const places: PlanPoint[] = [];
  for (let step = firstStep; step / STEPS_PER_SECOND <= atEnd; step++) {
    const { across, away } = stanceAt(walk, step / STEPS_PER_SECOND)!;
    places.push(doorToPlan(across, away));
  }
  const [x, y] = places.at(-1)!;
  return {
    firstStep,
    places: [
      ...places,
      ...walkAlong(
        [
          [x, y],
          [x + beyondMetres, y],
        ],
        walk.metresPerSecond,
      ),
    ],
  };
}

/** @param ease 0 at the first try of a trip, towards 1 at the last */
function gapAt(ease: number): number {
  if (ease < 0.5) return GAP_METRES;
  return ease < 0.8 ? SQUEEZE_METRES[0] : SQUEEZE_METRES[1];
}

/** When the same person comes through the door again. */
function returnOf(walk: Walk, walks: readonly Walk[], seconds: number): number {
  const returns = walks.flatMap((other) => {
    if (other.castId !== walk.castId) return [];
    const doorSeconds = (SCENE.startAway - SCENE.doorAway) / other.metresPerSecond;
    return other.startSeconds + doorSeconds + (other.startSeconds > walk.startSeconds ? 0 : seconds);
  });
  return Math.min(...returns);
}

/** Corners become curves, and nobody stops from one moment to the next. */
function smoothed(walk: FloorWalk): FloorWalk {
  const { places, staff } = walk;
  const reach = 6;
  const weights = Array.from({ length: 2 * reach + 1 }, (_, index) =>
    Math.exp(-(((index - reach) / 2.8) ** 2) / 2),
  );
  const placeNear = (index: number): PlanPoint => {
    if (staff) return places[((index % places.length) + places.length) % places.length]!;
    // Beyond its ends a way goes straight on, so that the door's part stays as the door's video has it.
    if (index >= 0 && index < places.length) return places[index]!;
    const [end, inner] = index < 0 ? [0, 1] : [places.length - 1, places.length - 2];
    const beyond = index < 0 ? -index : index - end;
    return [
      places[end]![0] + (places[end]![0] - places[inner]![0]) * beyond,
      places[end]![1] + (places[end]![1] - places[inner]![1]) * beyond,
    ];
  };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    ...walk,
    places: places.map((_, at): PlanPoint => {
      let [x, y] = [0, 0];
      for (let k = -reach; k <= reach; k++) {
        const [px, py] = placeNear(at + k);
        x += px * weights[k + reach]!;
        y += py * weights[k + reach]!;
      }
      return [x / total, y / total];
    }),
  };
}

function round(metres: number): number {
  return Math.round(metres * 4) / 4;
}

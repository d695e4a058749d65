import { UserError } from '../runtime/errors.ts';
import { doorToPlan, WAY_OUT } from './floor-plan.ts';
import { TillQueue, type QueueSpell } from './floor-queue.ts';
import { planStaff } from './floor-staff.ts';
import { Occupancy, STEPS_PER_SECOND, walkAlong, type Way } from './floor-time.ts';
import { browse, GAP_METRES, pay, Trip, walkOut, type Day } from './floor-trip.ts';
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

/** Where it is crowded, people squeeze past each other. */
const SQUEEZE_METRES = [0.52, 0.4] as const;
/** Who comes again later must have left before. */
const BEFORE_RETURN_SECONDS = 2;
/** It cannot be shorter: then the same face is in the shop twice for a while. */
const SHORTEST_STAY_SECONDS = 32;
/** With less time than that until then, nobody tries on or pays. */
const UNHURRIED_SECONDS = 60;
/** Nobody turns at once when past the door camera; and others keep out of the way there. */
const STRAIGHT_METRES = 0.5;
const KEPT_FREE_METRES = 1.1;
const TRIES_A_DAY = 30;
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

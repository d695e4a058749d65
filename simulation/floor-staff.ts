import { STAFF, STOPS } from './floor-plan.ts';
import { standAt, STEPS_PER_SECOND, walkAlong } from './floor-time.ts';
import { leg, Trip, type Day } from './floor-trip.ts';
import type { FloorWalk } from './floor-walks.ts';
import type { PlanPoint } from './pose-camera.ts';
import type { Random } from './random.ts';

/** Looks of those who work there: cast ids, in clothes of the house. */
const STAFF_CAST = ['1b', '4d'] as const;
/** The longest that somebody of the staff is out on the floor. */
const ROUND_SECONDS = 60;

/** The one at the till moves a little from side to side; the other one goes out on the floor twice. */
export function planStaff(
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

import type { Clothes } from './body.ts';
import { castMember } from './cast.ts';
import { placeAt, type FloorDay, type FloorWalk } from './floor-walks.ts';
import { STEPS_PER_SECOND } from './floor-time.ts';
import type { PlanPoint } from './pose-camera.ts';

/** A person on the floor at a moment. */
export interface FloorStance {
  readonly place: PlanPoint;
  /** Unit vector on the plan: where the person walks, or looks when standing. */
  readonly facing: PlanPoint;
  /** 0..1: stands, or walks. */
  readonly stride: number;
  /** Angle in the cycle of two steps, radians. */
  readonly gait: number;
}

const STEP_METRES = 0.62;
/** Slower than this is shuffling on the spot. */
const STRIDE_FROM = 0.12;
const STRIDE_FULL = 0.55;
/** What a house's clothes look like: those who work there wear them. */
const HOUSE: Clothes = { top: '#1f6f78', bottom: '#2b2b33', kind: 'trousers', sleeves: true };

/** Everybody's stance at a moment; made once a day, since directions and steps need the whole way. */
export function createStances(
  day: FloorDay,
): (seconds: number) => { walk: FloorWalk; stance: FloorStance }[] {
  const tracks = day.walks.map((walk) => ({ walk, ...turnsOf(walk) }));
  return (seconds) =>
    tracks.flatMap(({ walk, facings, metres, speeds }) => {
      const place = placeAt(walk, day, seconds);
      if (!place) return [];
      const elapsed = seconds - walk.firstStep / STEPS_PER_SECOND;
      const within = ((elapsed % day.seconds) + day.seconds) % day.seconds;
      const at = within * STEPS_PER_SECOND;
      const index = Math.min(walk.places.length - 1, Math.floor(at));
      const next = Math.min(walk.places.length - 1, index + 1);
      const t = at - index;
      const speed = speeds[index]! + (speeds[next]! - speeds[index]!) * t;
      const walked = metres[index]! + (metres[next]! - metres[index]!) * t;
      const angle = facings[index]!;
      return [
        {
          walk,
          stance: {
            place,
            facing: [Math.cos(angle), Math.sin(angle)] as const,
            stride: Math.min(1, Math.max(0, (speed - STRIDE_FROM) / (STRIDE_FULL - STRIDE_FROM))),
            gait: walk.gaitPhase + (walked / STEP_METRES) * Math.PI,
          },
        },
      ];
    });
}

export function clothesOf(walk: FloorWalk): Clothes {
  return walk.staff ? HOUSE : castMember(walk.castId).clothes;
}

/** By step: direction (radians on the plan), metres walked, metres a second. People turn, they don't flip. */
function turnsOf(walk: FloorWalk): { facings: number[]; metres: number[]; speeds: number[] } {
  const { places, towards } = walk;
  const facings: number[] = [];
  const metres: number[] = [];
  const speeds: number[] = [];
  let angle: number | undefined;
  let walked = 0;
  for (const [index, place] of places.entries()) {
    const before = places[Math.max(0, index - 1)]!;
    const after = places[Math.min(places.length - 1, index + 1)]!;
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const steps = Math.max(1, Math.min(places.length - 1, index + 1) - Math.max(0, index - 1));
    const speed = (Math.hypot(dx, dy) * STEPS_PER_SECOND) / steps;
    walked += Math.hypot(place[0] - before[0], place[1] - before[1]);
    const look = towards[index];
    const wanted =
      speed > 0.25 ? Math.atan2(dy, dx) : look ? Math.atan2(look[1] - place[1], look[0] - place[0]) : angle;
    if (wanted !== undefined) angle = angle === undefined ? wanted : turned(angle, wanted, TURN_A_STEP);
    facings.push(angle ?? 0);
    metres.push(walked);
    speeds.push(speed);
  }
  return { facings, metres, speeds };
}

/** Radians that somebody turns in a tenth of a second. */
const TURN_A_STEP = 0.32;

function turned(from: number, to: number, most: number): number {
  const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  return from + Math.max(-most, Math.min(most, turn));
}

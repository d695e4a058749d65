import { QUEUE, TILL } from './floor-plan.ts';
import { standAt, STEPS_PER_SECOND, walkAlong } from './floor-time.ts';
import type { PlanPoint } from './pose-camera.ts';
import type { Random } from './random.ts';

/** One person's time in the queue; seconds of the video, may reach past its end. */
export interface QueueSpell {
  readonly joinedAtSeconds: number;
  /** When the till was reached; null: gave up. */
  readonly servedAtSeconds: number | null;
  /** When the person walked away from the till, or from the queue. */
  readonly leftAtSeconds: number;
}

/** What standing in line comes to: the places from the joining on, and the spell. */
export interface Waiting {
  readonly places: PlanPoint[];
  readonly spell: QueueSpell;
}

const MOVE_METRES_PER_SECOND = 0.75;

/** The queue before the till: first come, first served; whoever is ahead is known when somebody joins. */
export class TillQueue {
  readonly #periodSeconds: number;
  readonly #spells: QueueSpell[] = [];

  constructor(periodSeconds: number) {
    this.#periodSeconds = periodSeconds;
  }

  add(spell: QueueSpell): void {
    this.#spells.push(spell);
  }

  /** When those who are there at that moment will be gone, the first first. */
  ahead(seconds: number): number[] {
    const period = this.#periodSeconds;
    return [-period, 0, period]
      .flatMap((shift) =>
        this.#spells.flatMap((spell) =>
          spell.joinedAtSeconds + shift <= seconds && spell.leftAtSeconds + shift > seconds
            ? [spell.leftAtSeconds + shift]
            : [],
        ),
      )
      .sort((a, b) => a - b);
  }

  /** Where somebody stands behind so many others; undefined when the queue is full. */
  spot(ahead: number): PlanPoint | undefined {
    return ahead === 0 ? TILL.place : QUEUE[ahead - 1];
  }

  /** Joins at a step at which `spot` has been reached; gives up after `patienceSeconds` of waiting. */
  wait(joinStep: number, random: Random, patienceSeconds: number): Waiting {
    const joinedAtSeconds = joinStep / STEPS_PER_SECOND;
    const ends = this.ahead(joinedAtSeconds);
    const places: PlanPoint[] = [];
    const now = (): number => joinedAtSeconds + places.length / STEPS_PER_SECOND;
    let at = this.spot(ends.length)!;
    for (const [index, end] of ends.entries()) {
      const left = ends.length - 1 - index;
      // The one behind moves when the one before has made room.
      const moveAt = end + 0.5 + 0.35 * left;
      if (moveAt - joinedAtSeconds > patienceSeconds) {
        places.push(...standAt(at, joinedAtSeconds + patienceSeconds - now()));
        return { places, spell: { joinedAtSeconds, servedAtSeconds: null, leftAtSeconds: now() } };
      }
      places.push(...standAt(at, moveAt - now()));
      const next = this.spot(left)!;
      places.push(...walkAlong([at, next], MOVE_METRES_PER_SECOND));
      at = next;
    }
    const servedAtSeconds = now();
    places.push(...standAt(at, random.between(6, 10)));
    return { places, spell: { joinedAtSeconds, servedAtSeconds, leftAtSeconds: now() } };
  }
}

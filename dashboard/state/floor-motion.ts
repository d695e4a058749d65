import type { FloorPerson, FloorPoint, FloorSnapshot } from '../../analytics/api/schemas/floor.ts';

/** Somebody as they are drawn at a moment. */
export interface FloorDot {
  readonly person: FloorPerson;
  readonly place: FloorPoint;
}

interface Walk {
  person: FloorPerson;
  from: FloorPoint;
  startMs: number;
  durationMs: number;
}

/** A way is drawn no longer than this, so that dots are never far behind what is known. */
const LONGEST_WAY_MS = 450;
/** Farther than somebody walks between two snapshots: a correction, which is shown at once. */
const JUMP_METRES = 1.5;

/** People between two snapshots: each walks from where it was drawn to where it is. No DOM, no clock of its own. */
export class FloorMotion {
  readonly #walks = new Map<string, Walk>();
  #takenAtMs = -Infinity;

  /**
   * @param nowMs any clock, the same as for `dotsAt`
   * @param smooth false where motion is not wanted
   */
  take({ people }: FloorSnapshot, nowMs: number, smooth: boolean): void {
    const durationMs = smooth ? Math.min(LONGEST_WAY_MS, nowMs - this.#takenAtMs) : 0;
    this.#takenAtMs = nowMs;
    const drawn = new Map(this.dotsAt(nowMs).map(({ person, place }) => [person.visitId, place]));
    this.#walks.clear();
    for (const person of people) {
      const before = drawn.get(person.visitId);
      const jumps = before === undefined || distance(before, person.place) > JUMP_METRES;
      const from = jumps ? person.place : before;
      this.#walks.set(person.visitId, { person, from, startMs: nowMs, durationMs });
    }
  }

  forget(): void {
    this.#walks.clear();
    this.#takenAtMs = -Infinity;
  }

  dotsAt(nowMs: number): readonly FloorDot[] {
    return [...this.#walks.values()].map(({ person, from, startMs, durationMs }) => {
      const part = durationMs <= 0 ? 1 : Math.min(1, (nowMs - startMs) / durationMs);
      const place: FloorPoint = [
        from[0] + (person.place[0] - from[0]) * part,
        from[1] + (person.place[1] - from[1]) * part,
      ];
      return { person, place };
    });
  }

  /** Whether anything will look different a moment later. */
  isMovingAt(nowMs: number): boolean {
    return [...this.#walks.values()].some(
      ({ person, from, startMs, durationMs }) =>
        nowMs < startMs + durationMs && distance(from, person.place) > 0.005,
    );
  }

  /** Who is drawn nearest to a place, within a reach. */
  nearest(place: FloorPoint, reachMetres: number, nowMs: number): FloorPerson | undefined {
    return this.dotsAt(nowMs)
      .map((dot) => ({ person: dot.person, metres: distance(dot.place, place) }))
      .filter(({ metres }) => metres <= reachMetres)
      .sort((one, other) => one.metres - other.metres)[0]?.person;
  }
}

function distance([x1, y1]: FloorPoint, [x2, y2]: FloorPoint): number {
  return Math.hypot(x2 - x1, y2 - y1);
}

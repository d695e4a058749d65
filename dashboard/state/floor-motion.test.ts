import { beforeEach, describe, expect, it } from 'vitest';
import type { FloorPerson, FloorPoint, FloorSnapshot } from '../../analytics/api/schemas/floor.ts';
import { FloorMotion } from './floor-motion.ts';

const person = (visitId: string, place: FloorPoint): FloorPerson => ({
  visitId,
  place,
  accuracyMetres: 0.2,
  heading: null,
  zones: [],
  member: false,
  name: null,
  staff: false,
  seenSecondsAgo: 0,
  simulated: true,
});
const snapshot = (...people: FloorPerson[]): FloorSnapshot => ({
  atMs: 0,
  people,
  occupancy: people.length,
  zones: [],
  queues: [],
  cameras: [],
});

describe('people between two snapshots', () => {
  let motion: FloorMotion;
  beforeEach(() => {
    motion = new FloorMotion();
    motion.take(snapshot(person('a', [1, 1])), 0, true);
  });
  const placesAt = (nowMs: number) => motion.dotsAt(nowMs).map(({ place }) => place);

  it('stand where they were first seen', () => {
    expect(placesAt(0)).toEqual([[1, 1]]);
    expect(motion.isMovingAt(100)).toBe(false);
  });

  it('walk as long as the snapshots are apart, from where they are drawn', () => {
    motion.take(snapshot(person('a', [2, 1])), 400, true);
    expect(placesAt(600)).toEqual([[1.5, 1]]);
    motion.take(snapshot(person('a', [1.5, 2])), 600, true);
    expect(placesAt(600)).toEqual([[1.5, 1]]);
    expect(placesAt(700)).toEqual([[1.5, 1.5]]);
    expect(placesAt(5000)).toEqual([[1.5, 2]]);
    expect([motion.isMovingAt(700), motion.isMovingAt(900)]).toEqual([true, false]);
  });

  it('after a long pause are not long behind', () => {
    motion.take(snapshot(person('a', [2, 1])), 60_000, true);
    expect(placesAt(60_450)).toEqual([[2, 1]]);
  });

  it('jump where nobody could have walked, and where motion is not wanted', () => {
    motion.take(snapshot(person('a', [6, 1])), 400, true);
    expect(placesAt(400)).toEqual([[6, 1]]);
    motion.take(snapshot(person('a', [6.5, 1])), 800, false);
    expect(placesAt(800)).toEqual([[6.5, 1]]);
  });

  it('come and go with the snapshots', () => {
    motion.take(snapshot(person('b', [3, 3])), 400, true);
    expect(motion.dotsAt(400).map(({ person: { visitId } }) => visitId)).toEqual(['b']);
    motion.forget();
    expect(motion.dotsAt(500)).toEqual([]);
  });

  it('are found by a click near them, the nearest one', () => {
    motion.take(snapshot(person('a', [1, 1]), person('b', [1.4, 1])), 400, false);
    expect(motion.nearest([1.3, 1], 0.5, 900)?.visitId).toBe('b');
    expect(motion.nearest([3, 3], 0.5, 900)).toBeUndefined();
  });
});

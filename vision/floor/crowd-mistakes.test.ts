import { describe, expect, test } from 'vitest';
import { newTrackId, toCameraId } from '../../runtime/ids.ts';
import { createCrowd } from './crowd.ts';
import type { Crowd, CrowdChange } from './crowd-view.ts';
import type { FloorPoint } from './sighting.ts';
import { metresBetween } from './walking-filter.ts';

const [west, east] = [toCameraId('west'), toCameraId('east')];
/** A shirt and trousers, eight colours each. */
const clothes = (shirt: number, trousers: number): Float32Array =>
  Float32Array.from({ length: 16 }, (_, bin) => (bin === shirt || bin === 8 + trousers ? 0.43 : 0.01));
const [anna, bert] = [clothes(1, 2), clothes(4, 6)];

/** One person as one camera has them: where they are at a time, or undefined; each line is one track. */
interface Line {
  readonly camera: typeof west;
  readonly looks: Float32Array;
  readonly place: (seconds: number) => FloorPoint | undefined;
  readonly trackId?: ReturnType<typeof newTrackId>;
  readonly sigma?: number;
}

function play(lines: readonly Line[], seconds: number): { crowd: Crowd; changes: CrowdChange[] } {
  const crowd = createCrowd({
    newcomersAt: () => 0.001,
    isDark: () => false,
    isOverFloor: () => true,
    walkingMetres: metresBetween,
    lostSeconds: 20,
  });
  const ids = lines.map(({ trackId }) => trackId ?? newTrackId());
  const changes: CrowdChange[] = [];
  for (let step = 0; step <= seconds * 5; step++) {
    for (const camera of [west, east]) {
      const tracks = lines.flatMap((line, index) => {
        const place = line.camera === camera ? line.place(step / 5) : undefined;
        const variance = (line.sigma ?? 0.1) ** 2;
        if (place === undefined) return [];
        return [
          {
            trackId: ids[index]!,
            place,
            covariance: [variance, 0, variance] as const,
            appearance: line.looks,
          },
        ];
      });
      crowd.see({ cameraId: camera, atMs: step * 200, tracks });
    }
    changes.push(...crowd.advance(step * 200));
  }
  changes.push(...crowd.advance(seconds * 1000 + 600));
  return { crowd, changes };
}
const between = (from: number, to: number, place: FloorPoint) => (seconds: number) =>
  seconds >= from && seconds < to ? place : undefined;
const appeared = (changes: readonly CrowdChange[]): number =>
  changes.filter(({ kind }) => kind === 'appeared').length;
const idAt = (crowd: Crowd, place: FloorPoint): number | undefined =>
  crowd.people().find((person) => metresBetween(person.place, place) < 0.3)?.personId;

describe('a camera’s tracker', () => {
  test('that goes on with somebody else in other clothes is not believed', () => {
    const trackId = newTrackId();
    const scene: Line[] = [
      { camera: west, looks: anna, place: between(0, 6, [3, 3]), trackId },
      { camera: west, looks: bert, place: between(0, 4, [6, 3]) },
      // Anna goes out of sight, and Bert stands where she stood: the tracker calls him by her number.
      { camera: west, looks: bert, place: between(6, 12, [3.4, 3]), trackId },
    ];
    const before = play(scene, 3).crowd;
    const after = play(scene, 12).crowd;
    expect(idAt(after, [3.4, 3])).toBe(idAt(before, [6, 3]));
  });

  test('that loses somebody every second tells one person', () => {
    const lines = Array.from({ length: 10 }, (_, index): Line => ({
      camera: west,
      looks: anna,
      place: between(index, index + 0.8, [3, 3]),
    }));
    expect(appeared(play(lines, 10).changes)).toBe(1);
  });
});

describe('who comes into sight in the middle of the floor', () => {
  test('is told at once as the one who was lost there', () => {
    const lines: Line[] = [
      { camera: west, looks: anna, place: between(0, 4, [3, 3]) },
      { camera: east, looks: anna, place: between(14, 16, [4, 3]) },
    ];
    const { crowd } = play(lines, 14.6);
    expect(crowd.people()).toHaveLength(1);
    expect(metresBetween(crowd.people()[0]!.place, [4, 3])).toBeLessThan(0.3);
  });

  test('is the one of two who wears the same', () => {
    const lines: Line[] = [
      { camera: west, looks: anna, place: between(0, 4, [3, 3]) },
      { camera: west, looks: bert, place: between(0, 4, [4.5, 3]) },
      { camera: west, looks: anna, place: between(12, 16, [4.2, 3]) },
    ];
    expect(idAt(play(lines, 16).crowd, [4.2, 3])).toBe(idAt(play(lines, 3).crowd, [3, 3]));
  });
});

describe('two cameras', () => {
  test('of which one is wrong by most of a metre see one person', () => {
    const lines: Line[] = [
      { camera: west, looks: anna, place: between(0, 12, [3, 3]) },
      { camera: east, looks: anna, place: between(2, 12, [3.8, 3]) },
    ];
    const { crowd } = play(lines, 12);
    expect(crowd.people()).toHaveLength(1);
  });

  test('that each see another person a step apart see two', () => {
    const lines: Line[] = [
      { camera: west, looks: anna, place: between(0, 12, [3, 3]) },
      { camera: east, looks: bert, place: between(2, 12, [4.2, 3]) },
    ];
    const { crowd } = play(lines, 12);
    expect(crowd.people()).toHaveLength(2);
  });
});

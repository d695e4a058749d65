import { describe, expect, test } from 'vitest';
import { createCrowd } from './crowd.ts';
import type { Crowd, CrowdChange, PersonView } from './crowd-view.ts';
import type { FloorPoint } from './sighting.ts';
import {
  LEFT,
  NO_MISTAKES,
  RIGHT,
  shopper,
  USUAL_MISTAKES,
  walkAlong,
  watchWalkers,
  type Mistakes,
  type Seen,
  type Walker,
  type WalkerCamera,
} from './walkers.fixture.ts';
import { metresBetween } from './walking-filter.ts';

const DOOR: FloorPoint = [6, 0.3];
const EXIT: FloorPoint = [0.3, 8.5];
/** Left of 5 m, and right of 7 m: between them nobody looks. */
const WITH_GAP: readonly WalkerCamera[] = [
  { ...LEFT, sees: [0, 0, 5, 9] },
  { ...RIGHT, sees: [7, 0, 12, 9] },
];

interface Played {
  readonly changes: readonly CrowdChange[];
  readonly crowd: Crowd;
  /** Everybody who was seen just then, every second. */
  readonly seconds: readonly (readonly PersonView[])[];
}

function play(seen: readonly Seen[], { dark = false, until = 0 } = {}): Played {
  const near = (place: FloorPoint, to: FloorPoint): boolean =>
    Math.hypot(place[0] - to[0], place[1] - to[1]) < 1.5;
  const crowd = createCrowd({
    newcomersAt: (place) => (near(place, DOOR) || near(place, EXIT) ? 0.05 : 0.001),
    isDark: () => dark,
    isOverFloor: () => true,
    walkingMetres: metresBetween,
    lostSeconds: 20,
  });
  const changes: CrowdChange[] = [];
  const seconds: PersonView[][] = [];
  for (const { sighting, ended } of seen) {
    crowd.see(sighting, ended);
    changes.push(...crowd.advance(sighting.atMs));
    while (crowd.thoughtToMs >= (seconds.length + 1) * 1000) {
      seconds.push(crowd.people().filter(({ lastSeenMs }) => crowd.thoughtToMs - lastSeenMs < 1_000));
    }
  }
  changes.push(...crowd.advance(until * 1000));
  return { changes, crowd, seconds };
}

const watch = (
  walkers: readonly Walker[],
  cameras = [LEFT, RIGHT],
  mistakes: Mistakes = USUAL_MISTAKES,
  seed = 1,
): Seen[] => watchWalkers(walkers, cameras, { seconds: 40, seed, mistakes });
const people = ({ changes }: Played): number => changes.filter(({ kind }) => kind === 'appeared').length;
const doubts = ({ changes }: Played): string[] =>
  changes.flatMap((change) => (change.kind === 'uncertain' ? change.reason : []));

describe('one person walking', () => {
  test('from one camera to the other through the part that both see is one', () => {
    const played = play(
      watch([
        walkAlong(
          'anna',
          [
            [1, 2, 4],
            [12, 11, 4],
          ],
          1,
        ),
      ]),
    );
    expect([people(played), doubts(played)]).toEqual([1, []]);
  });

  test('through two metres that nobody sees is one, and surely so', () => {
    const played = play(
      watch(
        [
          walkAlong(
            'anna',
            [
              [1, 1, 4],
              [11, 11, 4],
            ],
            1,
          ),
        ],
        [...WITH_GAP],
        NO_MISTAKES,
      ),
    );
    expect([people(played), doubts(played)]).toEqual([1, []]);
  });

  test('who stands where nobody looks for ten seconds is one', () => {
    const way = [
      [1, 1, 4],
      [6, 6, 4],
      [16, 6, 4],
      [21, 11, 4],
    ] as const;
    expect(people(play(watch([walkAlong('anna', way, 1)], [...WITH_GAP], NO_MISTAKES)))).toBe(1);
  });

  test('is where they are to a hand, and its speed is known', () => {
    const { seconds } = play(
      watch([
        walkAlong(
          'anna',
          [
            [1, 2, 4],
            [12, 11, 4],
          ],
          1,
        ),
      ]),
    );
    const [view] = seconds[8]!;
    expect(Math.hypot(view!.place[0] - (2 + 9 * (8 / 11)), view!.place[1] - 4)).toBeLessThan(0.4);
    expect(view!.velocity[0]).toBeCloseTo(0.82, 0);
  });

  test('is the same whatever camera reports first', () => {
    const seen = watch([
      walkAlong(
        'anna',
        [
          [1, 2, 4],
          [12, 11, 4],
        ],
        1,
      ),
    ]);
    const late = seen.toSorted(
      (one, other) =>
        one.sighting.atMs -
        other.sighting.atMs +
        (one.sighting.cameraId === 'left' ? 150 : 0) -
        (other.sighting.cameraId === 'left' ? 150 : 0),
    );
    expect(people(play(late))).toBe(1);
  });

  test('who is seen by nobody for twenty seconds is given up, and whoever comes then is somebody new', () => {
    const gone = play(
      watch([
        walkAlong(
          'anna',
          [
            [1, 2, 4],
            [6, 4, 4],
          ],
          1,
        ),
      ]),
      { until: 60 },
    );
    expect(gone.changes.map(({ kind }) => kind)).toEqual(['appeared', 'gone']);
  });

  test('is not given up while the camera that could see them is dead', () => {
    const { changes } = play(
      watch([
        walkAlong(
          'anna',
          [
            [1, 2, 4],
            [6, 4, 4],
          ],
          1,
        ),
      ]),
      { dark: true, until: 600 },
    );
    expect(changes.map(({ kind }) => kind)).toEqual(['appeared']);
  });
});

describe('two people', () => {
  test('side by side, 70 cm apart, stay two through both cameras', () => {
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 2, 4],
          [12, 11, 4],
        ],
        1,
      ),
      walkAlong(
        'bert',
        [
          [1, 2, 4.7],
          [12, 11, 4.7],
        ],
        2,
      ),
    ];
    const { seconds } = play(watch(pair, [LEFT, RIGHT], NO_MISTAKES));
    expect(seconds.slice(3, 11).map((seen) => seen.length)).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  });

  test('who cross each other in the same clothes are not certain any more', () => {
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 2, 4],
          [9, 5.2, 4.2],
        ],
        1,
      ),
      walkAlong(
        'bert',
        [
          [1, 5.2, 4],
          [9, 2, 4.2],
        ],
        1,
      ),
    ];
    expect(doubts(play(watch(pair, [LEFT, RIGHT], NO_MISTAKES)))).toContain('crossed-paths');
  });

  test('who cross each other in clothes that differ are told apart', () => {
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 2, 2.4],
          [9, 5.2, 5.6],
        ],
        1,
      ),
      walkAlong(
        'bert',
        [
          [1, 5.2, 2.4],
          [9, 2, 5.6],
        ],
        2,
      ),
    ];
    expect(doubts(play(watch(pair, [{ ...LEFT, from: [3.6, 4] }], NO_MISTAKES)))).toEqual([]);
  });

  test('who both vanish into a gap and come out together are not certain any more', () => {
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 2, 4],
          [5, 6, 4],
          [12, 6, 4.4],
          [16, 11, 4.4],
        ],
        1,
      ),
      walkAlong(
        'bert',
        [
          [1, 2, 5],
          [5, 6, 5],
          [12, 6, 4.6],
          [16, 11, 5],
        ],
        1,
      ),
    ];
    expect(doubts(play(watch(pair, [...WITH_GAP], NO_MISTAKES))).length).toBeGreaterThan(0);
  });
});

test('in a busy shop no track is two people, no number comes twice, and most people are one person throughout', () => {
  let [walkers, numbers] = [0, 0];
  for (let seed = 1; seed <= 2; seed++) {
    const all = Array.from({ length: 8 }, (_, index) =>
      shopper(`${index}`, 1 + index * 8, seed * 100 + index, [DOOR, EXIT]),
    );
    const seen = watchWalkers(all, [LEFT, RIGHT], { seconds: 90, seed });
    const crowd = createCrowd({
      newcomersAt: () => 0.01,
      isDark: () => false,
      isOverFloor: () => true,
      walkingMetres: metresBetween,
      lostSeconds: 20,
    });
    const given = new Set<number>();
    for (const { sighting, ended, truth } of seen) {
      crowd.see(sighting, ended);
      for (const change of crowd.advance(sighting.atMs)) {
        if (change.kind !== 'appeared') continue;
        expect(given.has(change.personId)).toBe(false);
        given.add(change.personId);
      }
      const held = [...truth.keys()].flatMap((trackId) => crowd.personOf(trackId) ?? []);
      expect(new Set(held).size).toBe(held.length);
    }
    walkers += all.length;
    numbers += given.size;
  }
  expect(numbers).toBeGreaterThanOrEqual(walkers);
  expect(numbers).toBeLessThan(1.4 * walkers);
}, 30_000);

import { describe, expect, test } from 'vitest';
import { looksFrom, USUAL_MISTAKES, walkAlong } from '../floor/walkers.fixture.ts';
import { customer, open, play } from './floor-scenes.fixture.ts';

describe('a name', () => {
  test('stays with its owner from the door to the exit', () => {
    const { named } = play(open(), [customer], [{ walker: 'anna', seconds: 1.2, member: true }], 24);
    expect(named.map(({ walker }) => walker)).toEqual(named.map(() => 'anna'));
    expect(named.length).toBeGreaterThan(15);
  });

  test('stays through three seconds out of sight, when nobody else can be meant', () => {
    const hidden = {
      ...customer,
      placeAt: (seconds: number) => (seconds > 9 && seconds < 12 ? undefined : customer.placeAt(seconds)),
    };
    const { named } = play(open(), [hidden], [{ walker: 'anna', seconds: 1.2, member: true }], 18);
    expect(named.some(({ seconds }) => seconds > 14)).toBe(true);
  });

  test('is not shown while its owner is out of sight', () => {
    const hidden = {
      ...customer,
      placeAt: (seconds: number) => (seconds > 9 && seconds < 13 ? undefined : customer.placeAt(seconds)),
    };
    const { named } = play(open(), [hidden], [{ walker: 'anna', seconds: 1.2, member: true }], 18);
    expect(named.filter(({ seconds }) => seconds > 10 && seconds < 13)).toEqual([]);
  });
});

test('a name is never on somebody else in 200 crossings, whoever is swapped by the cameras', () => {
  let shown = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const slant = (seed % 7) * 0.12;
    const sameClothes = seed % 2 === 0;
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 1, 2.5],
          [5, 4, 3],
          [12, 10, 5 + slant],
          [14, 11, 5],
        ],
        1,
      ),
      {
        ...walkAlong(
          'bert',
          [
            [1, 10, 3],
            [8, 6, 4.5 - slant],
            [14, 1.5, 4],
          ],
          2,
        ),
        looks: looksFrom(sameClothes ? 1 : 2),
      },
    ];
    const { named } = play(
      open(),
      pair,
      [{ walker: 'anna', seconds: 1.2, member: true }],
      14,
      { ...USUAL_MISTAKES, swaps: 2 },
      seed,
    );
    shown += named.length;
    expect(
      named.filter(({ walker }) => walker !== 'anna'),
      `crossing ${seed}`,
    ).toEqual([]);
  }
  expect(shown).toBeGreaterThan(0);
}, 120_000);

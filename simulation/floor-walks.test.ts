import { describe, expect, test } from 'vitest';
import { ROOT } from '../runtime/paths.ts';
import { FITTING_ROOMS, FIXTURES, WAY_OUT } from './floor-plan.ts';
import { isFree, routeBetween } from './floor-routes.ts';
import { placeAt, planFloor, shopSeconds, type FloorDay } from './floor-walks.ts';
import { doorToPlan } from './floor-plan.ts';
import { planWalks, stanceAt, walkSeconds } from './plan.ts';
import { loadScenario, parseScenario } from './scenario.ts';

const scenario = parseScenario(
  'seed: 3\nshoppers: 10\nminutes: 1.2\nmembers: [6a, 6b, 4b]\nmemberShare: 0.5\nfloor: { staySeconds: [20, 40], payShare: 1 }\n',
  'test.yaml',
);
const day = planFloor(scenario);
const moments = Array.from({ length: Math.round(day.seconds * 5) }, (_, tick) => tick / 5);
const presentAt = (of: FloorDay, seconds: number) =>
  of.walks.flatMap((walk) => {
    const place = placeAt(walk, of, seconds);
    return place ? [{ walk, place }] : [];
  });

describe('people on the floor', () => {
  test('are the same for the same scenario', () => {
    expect(planFloor(scenario)).toEqual(day);
  });

  test('go on where the door camera loses them', () => {
    for (const walk of planWalks(scenario)) {
      const end = walk.startSeconds + walkSeconds(walk) - 1;
      const { across, away } = stanceAt(walk, end)!;
      const [x, y] = doorToPlan(across, away);
      const place = placeAt(
        day.walks.find(({ visit }) => visit === walk.visit)!,
        day,
        end,
      )!;
      expect(Math.hypot(place[0] - x, place[1] - y)).toBeLessThan(0.05);
    }
  });

  test('keep half a metre between them, inside of the shop', () => {
    for (const seconds of moments) {
      const present = presentAt(day, seconds).filter(({ place: [x] }) => x > 4.7);
      for (const one of present) {
        for (const other of present) {
          if (one.walk.visit >= other.walk.visit) continue;
          expect(Math.hypot(one.place[0] - other.place[0], one.place[1] - other.place[1])).toBeGreaterThan(
            0.42,
          );
        }
      }
    }
  });

  test('walk around what stands there, and never faster than people walk', () => {
    for (const { places } of day.walks) {
      for (const [index, [x, y]] of places.entries()) {
        const inside = FIXTURES.some((f) => x > f.left && x < f.right && y > f.top && y < f.bottom);
        expect(inside).toBe(false);
        const before = places[index - 1];
        if (before) expect(Math.hypot(x - before[0], y - before[1]) * 10).toBeLessThan(1.5);
      }
    }
  });

  test('leave through the way out; who is inside at the end is inside at the beginning, at the same place', () => {
    const visitors = day.walks.filter(({ staff }) => !staff);
    for (const { leftAtSeconds, enteredAtSeconds, places, firstStep } of visitors) {
      expect(leftAtSeconds).toBeGreaterThan(enteredAtSeconds);
      expect(placeOf(places, firstStep, leftAtSeconds)[0]).toBeCloseTo(WAY_OUT[0][0], 0);
    }
    const atEnd = presentAt(day, day.seconds - 0.001).filter(({ walk }) => !walk.staff);
    const atStart = presentAt(day, 0).filter(({ walk }) => !walk.staff);
    expect(atEnd.length).toBeGreaterThan(0);
    for (const { walk, place } of atEnd) {
      const again = atStart.find((one) => one.walk.visit === walk.visit);
      if (again) expect(Math.hypot(again.place[0] - place[0], again.place[1] - place[1])).toBeLessThan(0.05);
    }
  });

  test('are served one at a time, in the order in which they came', () => {
    const spells = day.walks
      .flatMap(({ queue }) => queue ?? [])
      .sort((a, b) => a.joinedAtSeconds - b.joinedAtSeconds);
    expect(spells.length).toBeGreaterThan(2);
    const served = spells.filter(({ servedAtSeconds }) => servedAtSeconds !== null);
    for (const [index, { leftAtSeconds }] of served.entries()) {
      const next = served[index + 1];
      if (next) expect(next.servedAtSeconds!).toBeGreaterThanOrEqual(leftAtSeconds);
    }
  });
});

test('videos of a shop begin again after whole fifths of a second', () => {
  const demo = loadScenario(`${ROOT}config/demo/scenario.yaml`);
  expect(shopSeconds(demo)).toBe(165);
  expect((day.seconds * 5) % 1).toBeCloseTo(0, 9);
});

describe('a route', () => {
  test.each([
    ['through the free floor is straight', [5, 2], [6.5, 2], 2],
    ['around the knitwear table has corners', [6.7, 2.9], [8.8, 2.9], 4],
    ['into a fitting room passes its curtain', [11, 5], FITTING_ROOMS[1]!.inside, 2],
  ] as const)('%s', (_what, from, to, corners) => {
    const route = routeBetween(from, to)!;
    expect(route.length).toBeGreaterThanOrEqual(corners);
    expect(route.every(isFree)).toBe(true);
  });

  test('out of a wall is none', () => {
    expect(routeBetween([7.8, 2.9], [5, 2])).toBeUndefined();
  });
});

function placeOf(places: readonly (readonly [number, number])[], firstStep: number, seconds: number) {
  return places[Math.min(places.length - 1, Math.round(seconds * 10) - firstStep)]!;
}

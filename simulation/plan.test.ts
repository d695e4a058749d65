import { describe, expect, test } from 'vitest';
import { facePlace, planWalks, stanceAt, walkSeconds } from './plan.ts';
import { parseScenario, type Scenario } from './scenario.ts';
import { DOOR_CAMERA, isInside, LANE_POLYGON } from './scene.ts';

const scenarioOf = (seed: number): Scenario =>
  parseScenario(
    `seed: ${seed}\nshoppers: 60\nminutes: 6\nmembers: [3a, 3b, 4b, 5a, 6a, 6b, 6c]\nmemberShare: 0.5\nlaneShare: { members: 0.8, others: 0.4 }\n`,
    'test.yaml',
  );
const seeds = [1, 2, 3, 4, 5];

describe('the walks of a scenario', () => {
  test('are the same for the same seed and others for another', () => {
    expect(planWalks(scenarioOf(1))).toEqual(planWalks(scenarioOf(1)));
    expect(planWalks(scenarioOf(1))).not.toEqual(planWalks(scenarioOf(2)));
  });

  test('meet the shares', () => {
    const walks = planWalks(scenarioOf(1));
    expect(walks).toHaveLength(60);
    expect(walks.filter(({ member }) => member)).toHaveLength(30);
    expect(walks.filter(({ member, lane }) => member && lane)).toHaveLength(24);
    expect(walks.filter(({ member, lane }) => !member && lane)).toHaveLength(12);
  });

  test.each(seeds)('of seed %i: nobody is in the picture twice at once', (seed) => {
    const walks = planWalks(scenarioOf(seed));
    for (const one of walks) {
      for (const other of walks) {
        if (one.visit === other.visit || one.castId !== other.castId) continue;
        const [first, second] = one.startSeconds < other.startSeconds ? [one, other] : [other, one];
        expect(second.startSeconds).toBeGreaterThan(first.startSeconds + walkSeconds(first));
      }
    }
  });

  test.each(seeds)('of seed %i: people in the lane keep a metre between them', (seed) => {
    const walks = planWalks(scenarioOf(seed)).filter(({ lane }) => lane);
    for (let seconds = 0; seconds < 400; seconds += 0.5) {
      const places = walks.flatMap((walk) => stanceAt(walk, seconds)?.away ?? []).sort((a, b) => a - b);
      places.slice(1).forEach((away, index) => {
        expect(away - places[index]!).toBeGreaterThan(1);
      });
    }
  });

  test.each(seeds)('of seed %i: who takes the lane is seen in it for over a second, others never', (seed) => {
    const { width, height } = DOOR_CAMERA.geometry;
    for (const walk of planWalks(scenarioOf(seed))) {
      let secondsInside = 0;
      for (
        let seconds = walk.startSeconds;
        seconds < walk.startSeconds + walkSeconds(walk);
        seconds += 0.05
      ) {
        const stance = stanceAt(walk, seconds);
        if (!stance) continue;
        const { x, y } = DOOR_CAMERA.project(facePlace(walk, stance));
        if (y < height && isInside(LANE_POLYGON, [x / width, y / height])) secondsInside += 0.05;
      }
      if (walk.lane) expect(secondsInside).toBeGreaterThan(1.5);
      else expect(secondsInside).toBe(0);
    }
  });
});

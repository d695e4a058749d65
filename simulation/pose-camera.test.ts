import { describe, expect, test } from 'vitest';
import { loadDeployment } from '../config/load.ts';
import { ROOT } from '../runtime/paths.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import {
  CURTAINS,
  doorToPlan,
  DOOR_POSE,
  FITTING_ROOMS,
  FIXTURES,
  PLAN_METRES,
  QUEUE,
  STAFF,
  TILL,
} from './floor-plan.ts';
import { poseCamera } from './pose-camera.ts';
import { DOOR_CAMERA } from './scene.ts';

const store = loadDeployment(`${ROOT}config/demo/store.yaml`).stores[0]!;
const poses = store.cameras.flatMap(({ id, size, calibration }) =>
  calibration?.kind === 'pose' ? [{ id, size, calibration }] : [],
);

describe("the demo's configuration and its pictures", () => {
  test('have the same four cameras', () => {
    expect(poses.map(({ id }) => id)).toEqual(['front-door', 'ceiling-west', 'ceiling-east', 'ceiling-back']);
  });

  test.each(poses)(
    '$id: what is calibrated is what is rendered, at every height',
    ({ size, calibration }) => {
      const known = calibrate(calibration, size);
      const rendered = poseCamera(calibration, size);
      for (const place of [
        [4, 2.5],
        [5, 3],
        [3, 2],
        [8, 4],
        [6, 7],
        [10, 3],
        [12, 5],
      ] as const) {
        for (const height of [0, 1.55]) {
          if (rendered.depth(place, height) < 0.5) continue;
          const seen = rendered.project(place, height);
          const expected = known.toImage(place, height)!;
          expect(Math.hypot(seen.x - expected[0], seen.y - expected[1])).toBeLessThan(0.01);
        }
      }
    },
  );

  test('the door camera of the configuration is the one of the door’s video', () => {
    const { size, calibration } = poses[0]!;
    const camera = poseCamera(calibration, size);
    expect(DOOR_POSE.place).toEqual(calibration.place);
    for (const [across, height, away] of [
      [0, 0, 3],
      [-0.6, 1.55, 1.5],
      [0.7, 1.2, 5],
    ] as const) {
      const onPlan = camera.project(doorToPlan(across, away), height);
      const inVideo = DOOR_CAMERA.project({ across, height, away });
      expect(onPlan.x).toBeCloseTo(inVideo.x, 6);
      expect(onPlan.y).toBeCloseTo(inVideo.y, 6);
    }
  });

  test('have the same floor with the same fixtures', () => {
    expect([store.floorPlan.widthMetres, store.floorPlan.heightMetres]).toEqual([
      PLAN_METRES.width,
      PLAN_METRES.height,
    ]);
    const drawn = FIXTURES.map(({ left, top, right, bottom }) => [left, top, right, bottom]);
    const configured = store.floorPlan.fixtures.map((corners) => [
      Math.min(...corners.map(([x]) => x)),
      Math.min(...corners.map(([, y]) => y)),
      Math.max(...corners.map(([x]) => x)),
      Math.max(...corners.map(([, y]) => y)),
    ]);
    for (const box of drawn) {
      expect(
        configured.some((other) => other.every((value, index) => Math.abs(value - box[index]!) < 1e-9)),
      ).toBe(true);
    }
    expect(configured).toHaveLength(drawn.length);
    expect(CURTAINS).toHaveLength(FITTING_ROOMS.length);
  });

  test.each([
    ['the queue', 'till-queue', QUEUE],
    ['the till', 'till', [TILL.place]],
    ['those who work there', 'behind-the-counter', Object.values(STAFF)],
    ['the fitting rooms', 'fitting-rooms', FITTING_ROOMS.map(({ inside }) => inside)],
  ] as const)('%s: people stand in the zone of that name', (_who, name, places) => {
    const { polygon } = store.zones.find((zone) => zone.name === name)!;
    for (const place of places) expect(contains(polygon, place)).toBe(true);
  });
});

function contains(
  polygon: readonly (readonly [number, number])[],
  [x, y]: readonly [number, number],
): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

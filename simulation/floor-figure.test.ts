import { beforeAll, describe, expect, it } from 'vitest';
import { castMember } from './cast.ts';
import { CEILING_SCALE, cutOut } from './cutout.ts';
import { drawFigure, figureOf } from './floor-figure.ts';
import { portraitOf, type Portrait } from './floor-portrait.ts';
import type { FloorWalk } from './floor-walks.ts';
import { createLayer, type Layer } from './layer.ts';
import { loadPhotograph } from './photographs.ts';
import { poseCamera, type PlanPoint } from './pose-camera.ts';

const SIZE = { width: 640, height: 360 };
const CAMERA = poseCamera(
  {
    place: [0, 0],
    heightMetres: 3,
    bearingDegrees: 90,
    pitchDownDegrees: 27,
    horizontalFieldOfViewDegrees: 70,
  },
  SIZE,
);
const PLACE: PlanPoint = [4, 0];
/** On the plan, the camera looks along its x axis. */
const TOWARDS: PlanPoint = [-1, 0];
const AWAY: PlanPoint = [1, 0];
const TO_THE_RIGHT: PlanPoint = [0, 1];

const walk: FloorWalk = {
  visit: 1,
  castId: '6b',
  member: false,
  staff: false,
  heightMetres: 1.7,
  gaitPhase: 0,
  firstStep: 0,
  places: [],
  towards: [],
  enteredAtSeconds: 0,
  leftAtSeconds: 0,
  queue: undefined,
};
let portrait: Portrait;

beforeAll(async () => {
  const member = castMember(walk.castId);
  const cutout = await cutOut(member, await loadPhotograph(member.video.photograph), CEILING_SCALE);
  portrait = portraitOf(cutout, 400);
});

function painted(facing: PlanPoint, stride = 0, gait = 0): Layer {
  const layer = createLayer(SIZE.width, SIZE.height);
  drawFigure(layer, figureOf(CAMERA, walk, { place: PLACE, facing, stride, gait }, portrait, []));
  return layer;
}

/** Left and right of what is painted between two heights of the body. */
function widthBetween(layer: Layer, fromMetres: number, toMetres: number): number {
  const row = (height: number): number => Math.round(CAMERA.project(PLACE, height).y);
  let [left, right] = [SIZE.width, 0];
  for (let y = row(toMetres); y < row(fromMetres); y++) {
    for (let x = 0; x < SIZE.width; x++) {
      if (layer.rgba[(y * SIZE.width + x) * 4 + 3]! < 128) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
    }
  }
  return right - left;
}

/** Mean colour around the head's middle, a little to one side of it, in head widths. */
function headColour(layer: Layer, side: number): readonly [number, number, number] {
  const face = CAMERA.project(PLACE, walk.heightMetres - 0.125);
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const x = Math.round(face.x + side * 0.15 * face.pixelsPerMetre) + dx;
      const at = ((Math.round(face.y) + dy) * SIZE.width + x) * 4;
      for (const c of [0, 1, 2] as const) sum[c] += layer.rgba[at + c]!;
      count++;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
const brightness = ([r, g, b]: readonly [number, number, number]): number => (r + g + b) / 3;

describe('a body', () => {
  it('is as tall as its owner, wherever it looks', () => {
    const top = CAMERA.project(PLACE, walk.heightMetres).y;
    const bottom = CAMERA.project(PLACE, 0).y;
    for (const facing of [TOWARDS, AWAY, TO_THE_RIGHT]) {
      const { rgba } = painted(facing);
      const rows = Array.from({ length: SIZE.height }, (_, y) => y).filter((y) =>
        rgba
          .subarray(y * SIZE.width * 4, (y + 1) * SIZE.width * 4)
          .some((_, at, row) => at % 4 === 3 && row[at]! > 128),
      );
      expect(Math.abs(rows[0]! - top)).toBeLessThan(6);
      expect(Math.abs(rows.at(-1)! - bottom)).toBeLessThan(10);
    }
  });

  it('is narrower at its shoulders when seen from the side', () => {
    const shoulders = (facing: PlanPoint): number => widthBetween(painted(facing), 1.25, 1.38);
    expect(shoulders(TO_THE_RIGHT)).toBeLessThan(0.8 * shoulders(TOWARDS));
    expect(Math.abs(shoulders(AWAY) - shoulders(TOWARDS))).toBeLessThan(6);
  });

  it('that walks by spreads its legs', () => {
    const legs = (stride: number): number =>
      widthBetween(painted(TO_THE_RIGHT, stride, Math.PI / 2), 0.05, 0.45);
    expect(legs(1)).toBeGreaterThan(1.5 * legs(0));
  });
});

describe('a head', () => {
  it('has its face in front and hair behind', () => {
    expect(brightness(headColour(painted(TOWARDS), 0))).toBeGreaterThan(
      2 * brightness(headColour(painted(AWAY), 0)),
    );
  });

  it('of somebody who looks to the right has the face on the right', () => {
    const layer = painted(TO_THE_RIGHT);
    const [r, , b] = headColour(layer, 0.75);
    const [hairR, , hairB] = headColour(layer, -0.3);
    expect(r - b).toBeGreaterThan(hairR - hairB + 5);
  });
});

import { describe, expect, it, test } from 'vitest';
import { compareDetection, matchClaims, type CameraLooks, type Shown } from './detection-comparison.ts';
import type { FloorTruth } from './floor-truth.ts';

type Box = [number, number, number, number];
const ANNA: Box = [100, 100, 140, 220];
const BERT: Box = [300, 100, 340, 220];
const FAR: Box = [500, 10, 540, 100];

const shown = (visit: number, boxXyxy: Box, seenXyxy = boxXyxy, visible = 1): Shown => ({
  visit,
  boxXyxy,
  seenXyxy,
  visible,
});

describe('a box', () => {
  test.each([
    ['on somebody', [ANNA], [0]],
    ['on nobody', [FAR], ['nobody']],
    ['on somebody who has a better one', [ANNA, [104, 106, 146, 230] as Box], [0, 'double']],
    ['each on another', [BERT, ANNA], [1, 0]],
  ])('%s', (_, boxes, holds) => {
    const claims = boxes.map((boxXyxy) => ({ boxXyxy, score: 0.9 }));
    expect(matchClaims(claims, [shown(1, ANNA), shown(2, BERT)]).holds).toEqual(holds);
  });

  it('around what a counter leaves of somebody is on them', () => {
    const upperHalf: Box = [102, 98, 138, 128];
    const behindCounter = shown(1, ANNA, [100, 100, 140, 130], 0.25);
    expect(matchClaims([{ boxXyxy: upperHalf, score: 0.7 }], [behindCounter]).holds).toEqual([0]);
  });
});

describe('people in the pictures of two cameras', () => {
  const size = { width: 640, height: 360 };
  const ticks = Array.from({ length: 10 }, (_, tick) => tick);
  const sightings = (visible: number) =>
    ticks.map((tick) => ({
      seconds: tick / 5,
      people: [{ visit: 1, boxXyxy: ANNA, seenXyxy: ANNA, foot: [120, 220] as [number, number], visible }],
    }));
  const truth: FloorTruth = {
    version: 1,
    simulated: true,
    seed: 1,
    seconds: 2,
    people: [],
    cameras: [
      { id: 'west', ...size, framesPerSecond: 5, sightings: sightings(1) },
      { id: 'east', ...size, framesPerSecond: 5, sightings: sightings(0.3) },
    ],
  };
  const looks = (
    cameraId: string,
    foundAt: readonly number[],
    score: number,
    nobodyAt = -1,
  ): CameraLooks => ({
    cameraId,
    size,
    looks: ticks.map((tick) => {
      const found = [
        ...(foundAt.includes(tick) ? [{ boxXyxy: ANNA, score }] : []),
        ...(tick === nobodyAt ? [{ boxXyxy: FAR, score: 0.8 }] : []),
      ];
      return { seconds: tick / 5, found, told: found };
    }),
  });

  it('are found when one look of any camera in 1.2 s is sure', () => {
    // Shown through 1.2 s at the ticks 5 to 9; found at 2: good until 7.
    expect(compareDetection([looks('west', [], 0.9), looks('east', [2], 0.9)], truth)).toMatchObject({
      personMoments: 5,
      foundWithin: 3 / 5,
      toldWithin: 3 / 5,
    });
  });

  it('are counted by camera and by how much of them is visible', () => {
    const { cameras } = compareDetection([looks('west', [0, 1], 0.4), looks('east', [0], 0.9, 3)], truth);
    expect(cameras['west']!.byVisibility['from 0.8']).toEqual({ people: 10, sure: 0, any: 0.2 });
    expect(cameras['east']!.byVisibility['from 0.03']).toEqual({ people: 10, sure: 0.1, any: 0.1 });
    expect(cameras['east']).toMatchObject({ sureBoxes: 2, nobody: 0.5, doubles: 0 });
    expect(cameras['west']!.told).toEqual({ boxes: 2, nobody: 0, doubles: 0 });
  });
});

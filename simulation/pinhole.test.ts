import { describe, expect, test } from 'vitest';
import { pinholeCamera } from './pinhole.ts';

const level = pinholeCamera({
  width: 1280,
  height: 720,
  horizontalFieldOfViewDegrees: 90,
  heightMetres: 2,
  pitchDownDegrees: 0,
});
const tilted = pinholeCamera({ ...level.geometry, pitchDownDegrees: 45 });

describe('a pinhole camera', () => {
  test.each([
    ['what is straight ahead, at its height', level, { across: 0, height: 2, away: 3 }, 640, 360, 213.3],
    [
      'a metre to the right at a metre: the edge of 90 degrees',
      level,
      { across: 1, height: 2, away: 1 },
      1280,
      360,
      640,
    ],
    ['a metre below, two metres away', level, { across: 0, height: 1, away: 2 }, 640, 680, 320],
    [
      'pitched 45 degrees, the floor as far as it hangs high',
      tilted,
      { across: 0, height: 0, away: 2 },
      640,
      360,
      226.3,
    ],
  ])('sees %s', (_what, camera, place, x, y, pixelsPerMetre) => {
    const seen = camera.project(place);
    expect(seen.x).toBeCloseTo(x, 0);
    expect(seen.y).toBeCloseTo(y, 0);
    expect(seen.pixelsPerMetre).toBeCloseTo(pixelsPerMetre, 0);
  });
});

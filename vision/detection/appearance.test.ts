import { describe, expect, test } from 'vitest';
import type { Picture } from '../frame.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import { appearanceOf, likeness } from './appearance.ts';

type Rgb = readonly [number, number, number];
const RED: Rgb = [190, 40, 45];
const BLUE: Rgb = [40, 70, 170];
const GREY: Rgb = [120, 118, 122];

const BOX: BoxXyxy = [20, 10, 80, 190];

/** Somebody with a shirt and trousers of one colour each, before a white wall. */
function dressed(shirt: Rgb, trousers: Rgb, light = 1): Picture {
  const [width, height] = [100, 200];
  const rgb = new Uint8Array(width * height * 3).fill(250);
  for (let y = 10; y < 190; y++) {
    for (let x = 30; x < 70; x++) {
      (y < 105 ? shirt : trousers).forEach((value, channel) => {
        rgb[(y * width + x) * 3 + channel] = Math.min(255, value * light);
      });
    }
  }
  return { width, height, rgb };
}

const worn = (shirt: Rgb, trousers: Rgb, light?: number) =>
  appearanceOf(dressed(shirt, trousers, light), BOX)!;

describe('what somebody wears', () => {
  const redOverBlue = worn(RED, BLUE);

  test('is 32 numbers whose sum is 1', () => {
    expect(redOverBlue).toHaveLength(32);
    expect(redOverBlue.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test.each([
    ['the same clothes', worn(RED, BLUE), 0.99, 1],
    ['the same clothes in the shade', worn(RED, BLUE, 0.6), 0.95, 1],
    ['the same clothes in the light', worn(RED, BLUE, 1.3), 0.95, 1],
    ['another shirt over the same trousers', worn(GREY, BLUE), 0.4, 0.6],
    ['the same colours the other way round', worn(BLUE, RED), 0, 0.1],
    ['nothing in common', worn(GREY, GREY), 0, 0.1],
  ])('%s', (_, other, least, most) => {
    expect(likeness(redOverBlue, other)).toBeGreaterThanOrEqual(least);
    expect(likeness(redOverBlue, other)).toBeLessThanOrEqual(most);
    expect(likeness(other, redOverBlue)).toBe(likeness(redOverBlue, other));
  });

  test('does not depend on how far they are', () => {
    const near = dressed(RED, BLUE);
    const far: Picture = { width: 50, height: 100, rgb: new Uint8Array(50 * 100 * 3) };
    for (let y = 0; y < 100; y++) {
      for (let x = 0; x < 50; x++) {
        const from = (2 * y * near.width + 2 * x) * 3;
        far.rgb.set(near.rgb.subarray(from, from + 3), (y * 50 + x) * 3);
      }
    }
    expect(likeness(redOverBlue, appearanceOf(far, [10, 5, 40, 95])!)).toBeGreaterThan(0.98);
  });

  test('of somebody half out of the picture is what can be seen of them', () => {
    const seen = appearanceOf(dressed(RED, BLUE), [20, 100, 80, 280])!;
    expect(seen.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test.each<[string, BoxXyxy]>([
    ['a few pixels', [20, 10, 26, 30]],
    ['a box outside of the picture', [300, 10, 360, 190]],
  ])('can not be told of %s', (_, box) => {
    expect(appearanceOf(dressed(RED, BLUE), box)).toBeUndefined();
  });
});

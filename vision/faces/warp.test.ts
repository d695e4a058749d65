import { describe, expect, test } from 'vitest';
import type { Picture } from '../frame.ts';
import { squaresOver } from './face-detector.ts';
import type { BoxXyxy } from './geometry.ts';
import { pixelate } from './pixelate.ts';
import { shrink } from './shrink.ts';
import { warp, warpInto } from './warp.ts';

const picture = (width: number, height: number, grey: (x: number, y: number) => number): Picture => ({
  width,
  height,
  rgb: Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return grey(pixel % width, Math.floor(pixel / width));
  }),
});
const greyAt = (chip: Picture, x: number, y: number): number => chip.rgb[(y * chip.width + x) * 3]!;
const SLOPE = picture(40, 40, (x, y) => 2 * x + 3 * y);
const CHECKERS = picture(64, 64, (x, y) => ((x + y) % 2) * 255);

describe('a warp', () => {
  test('that moves nothing gives the same picture', () => {
    expect(warp(SLOPE, { a: 1, b: 0, tx: 0, ty: 0 }, 40, 40).rgb).toEqual(SLOPE.rgb);
  });

  test('samples between pixels', () => {
    expect(greyAt(warp(SLOPE, { a: 1, b: 0, tx: 10.5, ty: 4 }, 1, 1), 0, 0)).toBe(33);
  });

  test('turns: a quarter turn leads down where it led right', () => {
    const chip = warp(SLOPE, { a: 0, b: 1, tx: 20, ty: 5 }, 2, 1);
    expect([greyAt(chip, 0, 0), greyAt(chip, 1, 0)]).toEqual([55, 58]);
  });

  test('to a quarter of the size turns checkers into grey, not into other checkers', () => {
    const chip = warp(CHECKERS, { a: 4, b: 0, tx: 1.5, ty: 1.5 }, 16, 16);
    const values = new Set(chip.rgb);
    for (const value of values) expect(Math.abs(value - 128)).toBeLessThan(3);
  });

  test('shows black where there is no picture', () => {
    expect(
      greyAt(
        warp(
          picture(4, 4, () => 200),
          { a: 1, b: 0, tx: 50, ty: 0 },
          1,
          1,
        ),
        0,
        0,
      ),
    ).toBe(0);
  });

  test('gives its mirror image along: left is right', () => {
    const [straight, mirrored] = [new Uint8Array(300), new Uint8Array(300)];
    warpInto(straight, mirrored, SLOPE, { a: 1, b: 0.1, tx: 3, ty: 3 }, 10, 10);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 10; x++) expect(mirrored[(y * 10 + x) * 3]).toBe(straight[(y * 10 + 9 - x) * 3]);
    }
  });

  test('is the same whether or not it reaches over the edge', () => {
    const wide = warp(SLOPE, { a: 1.3, b: 0.2, tx: 5, ty: 3 }, 60, 60); // reaches outside: checks every sample
    const narrow = warp(SLOPE, { a: 1.3, b: 0.2, tx: 5, ty: 3 }, 12, 12);
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 12; x++)
        expect(Math.abs(greyAt(wide, x, y) - greyAt(narrow, x, y))).toBeLessThan(2);
    }
  });
});

describe('shrinking for a detector', () => {
  test('averages, and keeps places', () => {
    expect(new Set(shrink(CHECKERS, [0, 0], 2, 32, 32).rgb)).toEqual(new Set([128]));
    const small = shrink(SLOPE, [10, 10], 2, 10, 10);
    expect(Math.abs(greyAt(small, 5, 5) - (2 * 20.5 + 3 * 20.5))).toBeLessThan(4);
  });

  test('shows black where there is no picture', () => {
    const chip = shrink(
      picture(10, 10, () => 200),
      [-20, 0],
      2,
      20,
      5,
    );
    expect(greyAt(chip, 0, 0)).toBe(0);
    expect(greyAt(chip, 12, 2)).toBe(200);
  });
});

describe('squares over a region', () => {
  test.each<[string, BoxXyxy, number, number, number]>([
    ['a square that is small enough is one', [0, 0, 600, 600], 700, 88, 1],
    ['a 720p picture is two', [0, 0, 1280, 720], 740, 88, 2],
    ['a 720p picture with small faces is more', [0, 0, 1280, 720], 400, 80, 8],
  ])('%s', (_what, region, widest, overlap, count) => {
    const squares = squaresOver(region, widest, overlap);
    expect(squares).toHaveLength(count);
    for (let x = region[0]; x <= region[2] - overlap; x += 20) {
      for (let y = region[1]; y <= region[3] - overlap; y += 20) {
        const whole = squares.some(
          ([left, top, right, bottom]) =>
            left <= x && top <= y && right >= x + overlap - 1e-9 && bottom >= y + overlap - 1e-9,
        );
        expect(whole, `a face at ${x},${y}`).toBe(true);
      }
    }
  });
});

describe('pixelating a face', () => {
  const noise = (x: number, y: number): number => (x * 7919 + y * 104729) % 256;

  test('leaves at most six by eight colours of it, and the rest as it was', () => {
    const before = picture(200, 200, noise);
    const after = { ...before, rgb: before.rgb.slice() };
    pixelate(after, [80, 80, 120, 120]);
    const inside = new Set<number>();
    for (let y = 80; y < 120; y++) for (let x = 80; x < 120; x++) inside.add(greyAt(after, x, y));
    expect(inside.size).toBeLessThanOrEqual(36);
    expect(greyAt(after, 40, 100)).toBe(noise(40, 100));
  });

  test('of a face at the edge works, of one outside does nothing', () => {
    const before = picture(50, 50, noise);
    const after = { ...before, rgb: before.rgb.slice() };
    pixelate(after, [500, 500, 540, 540]);
    expect(after.rgb).toEqual(before.rgb);
    expect(() => pixelate(after, [-20, -20, 20, 20])).not.toThrow();
    expect(after.rgb).not.toEqual(before.rgb);
  });
});

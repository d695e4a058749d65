import { describe, expect, test } from 'vitest';
import type { Picture } from '../frame.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import { isCutOff, letterbox, partsOf, toPicture } from './picture-parts.ts';

const SIZE = { width: 640, height: 360 };
const SQUARE = { width: 416, height: 416 };

describe('the parts of a picture that are looked at', () => {
  test('without tiles there is the whole', () => {
    expect(partsOf(SIZE)).toEqual([[0, 0, 640, 360]]);
    expect(partsOf(SIZE, { columns: 1, rows: 1 })).toEqual([[0, 0, 640, 360]]);
  });

  test('two tiles beside each other overlap by four tenths of a tile and reach both edges; the whole is left out', () => {
    expect(partsOf(SIZE, { columns: 2, rows: 1 })).toEqual([
      [0, 0, 400, 360],
      [240, 0, 640, 360],
    ]);
  });

  test('before tiles in several rows there is the whole, for people who are larger than a tile', () => {
    const [whole, ...tiles] = partsOf(SIZE, { columns: 2, rows: 2 });
    expect(whole).toEqual([0, 0, 640, 360]);
    expect(tiles).toHaveLength(4);
  });

  test('nine tiles cover every pixel', () => {
    const [, ...tiles] = partsOf(SIZE, { columns: 3, rows: 3 });
    expect(tiles).toHaveLength(9);
    for (let x = 0.5; x < 640; x += 13) {
      for (let y = 0.5; y < 360; y += 7) {
        const covered = tiles.some(([l, t, r, b]) => l <= x && x < r && t <= y && y < b);
        expect(covered, `${x}, ${y}`).toBe(true);
      }
    }
  });
});

/** Red grows to the right, green downwards. */
function gradient(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    rgb[at * 3] = ((at % width) * 255) / width;
    rgb[at * 3 + 1] = (Math.floor(at / width) * 255) / height;
  }
  return { width, height, rgb };
}

describe('a part as the network sees it', () => {
  const picture = gradient(640, 360);
  const pixel = ({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number): number[] => [
    ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
  ];

  test('keeps its proportions; what is left over is grey', () => {
    const square = letterbox(picture, [0, 0, 640, 360], SQUARE, 114);
    expect(square.scale).toBeCloseTo(640 / 416);
    expect(square.rgb).toHaveLength(416 * 416 * 3);
    const [red, green, blue] = pixel(square, 208, 117);
    expect([red! / 255, green! / 255, blue]).toEqual([expect.closeTo(0.5, 1), expect.closeTo(0.5, 1), 0]);
    expect(pixel(square, 0, 234)).toEqual([114, 114, 114]);
    expect(pixel(square, 415, 415)).toEqual([114, 114, 114]);
  });

  test('a box in a tile comes back to where it is in the picture', () => {
    const tile: BoxXyxy = [320, 0, 640, 360];
    const square = letterbox(picture, tile, SQUARE, 0);
    const scale = 360 / 416;
    const box: BoxXyxy = [40 / scale, 60 / scale, 100 / scale, 300 / scale];
    expect(toPicture(square, box).map(Math.round)).toEqual([360, 60, 420, 300]);
  });

  test('a box never reaches beyond its part', () => {
    const square = letterbox(picture, [0, 0, 640, 360], SQUARE, 0);
    expect(toPicture(square, [-50, -50, 500, 500])).toEqual([0, 0, 640, 360]);
  });

  test.each<[string, BoxXyxy, BoxXyxy, boolean]>([
    ['in the middle of a tile', [0, 0, 366, 360], [100, 50, 160, 230], false],
    ['at the edge between two tiles', [0, 0, 366, 360], [310, 50, 366, 230], true],
    ['at the edge of the picture: there is nothing more to see', [0, 0, 366, 360], [0, 50, 60, 360], false],
    ['just beside the edge between two tiles', [274, 0, 640, 360], [276, 50, 330, 230], true],
  ])('somebody %s', (_, part, box, cutOff) => {
    expect(isCutOff(letterbox(picture, part, SQUARE, 0), box, SIZE)).toBe(cutOff);
  });
});

import { describe, expect, it, test } from 'vitest';
import { cut } from '../faces/cut.ts';
import type { Picture } from '../frame.ts';
import { writeScaled } from './scaled.ts';

/** Waves in three colours. */
function waves(width: number, height: number): Picture {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return 128 + 100 * Math.sin(x / 5 + (at % 3)) * Math.cos(y / 7);
  });
  return { width, height, rgb };
}

describe('a scaled part of a picture', () => {
  const picture = waves(64, 36);

  test.each([
    ['smaller', 1.25, [3, 2], [40, 24]],
    ['larger', 0.6, [10, 5], [60, 40]],
    ['as large', 1, [7, 4], [30, 20]],
  ] as const)(
    'is, when %s, the same as on the way for turned pictures',
    (_, scale, [left, top], [width, height]) => {
      const into = new Uint8Array(width * height * 3);
      writeScaled(into, width, picture, [left, top], scale, { width, height });
      const expected = cut(
        picture,
        [left, top, left + width * scale, top + height * scale],
        width,
        height,
      ).rgb;
      const farthest = into.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
      expect(farthest).toBeLessThanOrEqual(1);
    },
  );

  it('goes on at the edge of the picture as it ended, and leaves the rest of the memory alone', () => {
    const white: Picture = { width: 8, height: 8, rgb: new Uint8Array(8 * 8 * 3).fill(255) };
    const into = new Uint8Array(14 * 12 * 3).fill(9);
    writeScaled(into, 14, white, [0, 0], 0.75, { width: 11, height: 11 });
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 14; x++) {
        expect(into[(y * 14 + x) * 3], `${x}, ${y}`).toBe(x < 11 && y < 11 ? 255 : 9);
      }
    }
  });
});

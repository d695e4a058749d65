import { describe, expect, test } from 'vitest';
import { fillPolygon, matte } from './matte.ts';

const SIZE = 160;
const FORE = [170, 60, 40] as const;
const BACK = [40, 120, 190] as const;

/** A disc with a soft rim, 24 px wide, before a plain wall. */
function disc(radius: number): { rgb: Uint8Array; coverage: Float64Array } {
  const rgb = new Uint8Array(SIZE * SIZE * 3);
  const coverage = new Float64Array(SIZE * SIZE);
  for (let at = 0; at < SIZE * SIZE; at++) {
    const distance = Math.hypot((at % SIZE) - SIZE / 2, Math.floor(at / SIZE) - SIZE / 2);
    const a = Math.min(1, Math.max(0, (radius - distance) / 24 + 0.5));
    coverage[at] = a;
    for (let c = 0; c < 3; c++) rgb[at * 3 + c] = FORE[c]! * a + BACK[c]! * (1 - a);
  }
  return { rgb, coverage };
}

/** Traced by an unsteady hand: eight corners, up to 8 px off. */
const outline = Array.from({ length: 8 }, (_, index) => {
  const angle = (index / 8) * 2 * Math.PI;
  const radius = 50 + (index % 2 === 0 ? 6 : -2);
  return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)] as const;
});

describe('a matte', () => {
  const { rgb, coverage } = disc(50);
  const result = matte(rgb, fillPolygon(outline, SIZE, SIZE), SIZE, SIZE);

  test('finds the soft rim that the outline only hints at', () => {
    let error = 0;
    for (let at = 0; at < coverage.length; at++) error += Math.abs(result.alpha[at]! / 255 - coverage[at]!);
    let errorOfOutline = 0;
    fillPolygon(outline, SIZE, SIZE).forEach(
      (inside, at) => (errorOfOutline += Math.abs(inside - coverage[at]!)),
    );
    expect(error).toBeLessThan(errorOfOutline / 2);
  });

  test('is solid inside and empty outside', () => {
    expect(result.alpha[(SIZE / 2) * SIZE + SIZE / 2]).toBe(255);
    expect(result.alpha[3 * SIZE + 3]).toBe(0);
  });

  test('leaves the wall behind: rim colours are nearer to the disc than to the wall', () => {
    const at = (SIZE / 2) * SIZE + SIZE / 2 + 52;
    expect(result.alpha[at]).toBeGreaterThan(60);
    expect(result.rgb[at * 3]! - FORE[0]).toBeGreaterThan(-45);
    expect(result.rgb[at * 3 + 2]! - FORE[2]).toBeLessThan(50);
  });
});

test('a polygon is filled between its edges', () => {
  const mask = fillPolygon(
    [
      [1, 1],
      [5, 1],
      [5, 4],
      [1, 4],
    ],
    7,
    6,
  );
  expect(mask.reduce((sum, value) => sum + value, 0)).toBe(5 * 3);
});

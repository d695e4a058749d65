import { describe, expect, it } from 'vitest';
import type { BoxXyxy } from '../faces/geometry.ts';
import { createBoxFilter } from './box-filter.ts';
import { DEFAULT_TRACKER_SETTINGS } from './tracker-settings.ts';

const { noise } = DEFAULT_TRACKER_SETTINGS;
const box = (x: number, y = 300, height = 200): BoxXyxy => [x - 40, y - height / 2, x + 40, y + height / 2];

/** Somebody walks 120 pixels a second to the right for two seconds, seen `rate` times a second; then 0.4 s unseen. */
function walk(rate: number) {
  const filter = createBoxFilter(box(100), noise);
  for (let at = 1; at <= 2 * rate; at++) {
    filter.predict(1 / rate);
    filter.correct(box(100 + (120 * at) / rate));
  }
  filter.predict(0.4);
  return filter;
}

describe('the filter of a box', () => {
  it.each([30, 15, 5, 3])('expects a walker where they walk to, seen %i times a second', (rate) => {
    const filter = walk(rate);
    const [left, top, right, bottom] = filter.box();
    expect((left + right) / 2).toBeCloseTo(100 + 120 * 2.4, -1);
    expect([top, bottom]).toEqual([expect.closeTo(200, 0), expect.closeTo(400, 0)]);
    expect(filter.velocity()[0]).toBeGreaterThan(110);
    expect(filter.velocity()[0]).toBeLessThan(130);
    expect(filter.velocity()[1]).toBeCloseTo(0, 6);
  });

  it('is as unsure after one long step as after many short ones over the same time', () => {
    const [once, often] = [createBoxFilter(box(100), noise), createBoxFilter(box(100), noise)];
    once.predict(1);
    for (let step = 0; step < 30; step++) often.predict(1 / 30);
    // The same measurement moves both by the same amount: their gains, so their variances, are equal.
    once.correct(box(160));
    often.correct(box(160));
    expect(often.box()[0]).toBeCloseTo(once.box()[0], 3);
    expect(often.velocity()[0]).toBeCloseTo(once.velocity()[0], 3);
  });

  it('treats near and far people alike', () => {
    const settle = (scale: number): number => {
      const filter = createBoxFilter([0, 0, 80 * scale, 200 * scale], noise);
      filter.predict(0.2);
      filter.correct([10 * scale, 0, 90 * scale, 200 * scale]);
      return filter.box()[0] / scale;
    };
    expect(settle(0.25)).toBeCloseTo(settle(3), 9);
  });

  it('never gives a box without width and height, however long it shrinks', () => {
    const filter = createBoxFilter(box(100, 300, 200), noise);
    for (let at = 1; at < 10; at++) {
      filter.predict(0.1);
      filter.correct(box(100, 300, 200 - 18 * at));
    }
    filter.predict(10);
    const [left, top, right, bottom] = filter.box();
    expect(bottom - top).toBeGreaterThanOrEqual(1);
    expect(right - left).toBeGreaterThanOrEqual(1);
  });
});

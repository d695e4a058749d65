import { describe, expect, it } from 'vitest';
import type { BoxXyxy } from '../faces/geometry.ts';
import { createTracker } from './tracker.ts';

const person = (x: number, y = 200, score = 0.9): { boxXyxy: BoxXyxy; score: number } => ({
  boxXyxy: [x - 40, y - 100, x + 40, y + 100],
  score,
});

describe('a tracker', () => {
  it('gives two people who walk towards each other two tracks and keeps them', () => {
    const tracker = createTracker();
    const ids = new Set<string>();
    for (let frame = 0; frame < 60; frame++) {
      const { seen } = tracker.update(
        [person(100 + 4 * frame, 200), person(500 - 4 * frame, 260)],
        frame / 30,
      );
      for (const { trackId } of seen) ids.add(trackId);
    }
    expect(ids.size).toBe(2);
  });
});

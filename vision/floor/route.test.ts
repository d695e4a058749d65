import { describe, expect, test } from 'vitest';
import type { FloorLine, Zone } from '../../config/floor-schema.ts';
import { metresInside } from './outline.ts';
import { createRoute } from './route.ts';
import type { FloorPoint } from './sighting.ts';

/** From 2 to 6 metres across, 2 to 4 down. */
const coats: Zone = {
  name: 'coats',
  kind: 'area',
  polygon: [
    [2, 2],
    [6, 2],
    [6, 4],
    [2, 4],
  ],
};
/** Upwards on the plan: left of it is the street, right of it the shop. */
const doorway: FloorLine = { name: 'doorway', from: [5, 8], to: [5, 6] };

/** Walks from point to point, five sights a second, and says what is told with the second at which it happened. */
function walk(
  points: readonly (readonly [across: number, down: number, seconds: number])[],
  sway = 0,
): string[] {
  const route = createRoute([coats], [doorway]);
  const told: string[] = [];
  let [x, y] = points[0]!;
  let atMs = 0;
  for (const [toX, toY, seconds] of points) {
    const steps = Math.max(1, Math.round(seconds * 5));
    for (let step = 1; step <= steps; step++) {
      const swing = sway * (step % 2 === 0 ? 1 : -1);
      const place: FloorPoint = [x + ((toX - x) * step) / steps, y + ((toY - y) * step) / steps + swing];
      atMs += 200;
      for (const change of route.move(place, atMs)) {
        if (change.kind === 'crossed') told.push(`${change.direction} over ${change.line.name}`);
        else if (change.kind === 'entered') told.push(`into ${change.zone.name}`);
        else told.push(`out of ${change.zone.name} after ${Math.round(change.dwellSeconds)} s`);
      }
    }
    [x, y] = [toX, toY];
  }
  return told;
}

describe('somebody', () => {
  test.each<[string, [number, number, number][], number, string[]]>([
    [
      'walks past the coats',
      [
        [1, 1, 1],
        [7, 1, 6],
      ],
      0,
      [],
    ],
    [
      'walks through the coats',
      [
        [4, 0, 1],
        [4, 6, 6],
      ],
      0,
      ['into coats', 'out of coats after 2 s'],
    ],
    [
      'stands among the coats for a minute',
      [
        [4, 0, 1],
        [4, 3, 3],
        [4, 3, 60],
        [4, 0, 3],
      ],
      0,
      ['into coats', 'out of coats after 62 s'],
    ],
    [
      'walks along the edge, a hand inside',
      [
        [0, 2.1, 1],
        [8, 2.1, 8],
      ],
      0,
      [],
    ],
    [
      'stands on the edge and sways',
      [
        [4, 1, 1],
        [4, 2, 1],
        [4, 2, 30],
        [4, 1, 1],
      ],
      0.12,
      [],
    ],
    [
      'comes in, stands on the edge, goes in again: one visit of the coats',
      [
        [4, 0, 1],
        [4, 3, 3],
        [4, 3, 5],
        [4, 2, 1],
        [4, 2, 20],
        [4, 3, 1],
        [4, 3, 5],
        [4, 0, 3],
      ],
      0.12,
      ['into coats', 'out of coats after 34 s'],
    ],
    [
      'looks in for an instant',
      [
        [4, 1.6, 1],
        [4, 2.3, 0.2],
        [4, 1.6, 0.4],
      ],
      0,
      [],
    ],
    [
      'comes in by the doorway',
      [
        [3, 7, 1],
        [7, 7, 4],
      ],
      0,
      ['forwards over doorway'],
    ],
    [
      'goes out by the doorway',
      [
        [7, 7, 1],
        [3, 7, 4],
      ],
      0,
      ['backwards over doorway'],
    ],
    [
      'enters, stands on the line, leaves: counts nothing',
      [
        [4, 7, 1],
        [5, 7, 1],
        [5, 7, 30],
        [4, 7, 1],
      ],
      0,
      [],
    ],
    [
      'stands on the line and goes in: counts once',
      [
        [4, 7, 1],
        [5, 7, 1],
        [5, 7, 30],
        [6, 7, 1],
      ],
      0,
      ['forwards over doorway'],
    ],
    [
      'comes in and out again',
      [
        [4, 7, 1],
        [6, 7, 2],
        [4, 7, 2],
      ],
      0,
      ['forwards over doorway', 'backwards over doorway'],
    ],
    [
      'walks around the end of the line',
      [
        [4, 5, 1],
        [6, 5, 2],
      ],
      0,
      [],
    ],
  ])('%s', (_, points, sway, expected) => {
    expect(walk(points, sway)).toEqual(expected);
  });
});

test('who is lost in a zone has left it with the last sight', () => {
  const route = createRoute([coats], []);
  for (let atMs = 0; atMs <= 10_000; atMs += 200) route.move([4, 3], atMs);
  expect([...route.zones.keys()]).toEqual(['coats']);
  expect(route.end(10_000)).toMatchObject([{ kind: 'left', atMs: 10_000, dwellSeconds: 10 }]);
  expect(route.zones.size).toBe(0);
});

test('how far inside of an outline a place is', () => {
  expect(metresInside(coats.polygon, [4, 3])).toBeCloseTo(1);
  expect(metresInside(coats.polygon, [5.9, 3])).toBeCloseTo(0.1);
  expect(metresInside(coats.polygon, [6.5, 3])).toBeCloseTo(-0.5);
  expect(metresInside(coats.polygon, [9, 8])).toBeCloseTo(-5);
});

import { expect, test } from 'vitest';
import type { FloorPlan, FloorPoint } from '../../analytics/api/schemas/floor.ts';
import { MOST_ARROWS, wayArrows } from './way-arrows.ts';

const square = (name: string, x: number, y: number): FloorPlan['zones'][number] => ({
  name,
  kind: 'area',
  leadsTo: null,
  polygon: [
    [x, y],
    [x + 2, y],
    [x + 2, y + 2],
    [x, y + 2],
  ],
});
const zones = [square('coats', 0, 0), square('shoes', 8, 0), square('till', 4, 6), square('hats', 0.1, 0.1)];
const way = (from: string, to: string, visits: number) => ({ from, to, visits, times: visits });

function pointsOf(path: string): readonly FloorPoint[] {
  const numbers = path.match(/-?[\d.]+/g)!.map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, at) => [numbers[2 * at]!, numbers[2 * at + 1]!]);
}

test('the most travelled way is the widest and comes first', () => {
  const arrows = wayArrows(zones, [way('coats', 'till', 3), way('coats', 'shoes', 12)]);
  expect(arrows.map(({ from, to, visits }) => [from, to, visits])).toEqual([
    ['coats', 'shoes', 12],
    ['coats', 'till', 3],
  ]);
  expect(arrows[1]!.widthMetres).toBeCloseTo(arrows[0]!.widthMetres / 4);
});

test('it begins at one zone and its tip is at the other', () => {
  const [arrow] = wayArrows(zones, [way('coats', 'shoes', 1)]);
  const [begin] = pointsOf(arrow!.line);
  const [tip] = pointsOf(arrow!.head);
  expect(Math.hypot(begin![0] - 1, begin![1] - 1)).toBeLessThan(1);
  expect(Math.hypot(tip![0] - 9, tip![1] - 1)).toBeLessThan(1);
});

test('there and back bend to different sides', () => {
  const [there, back] = wayArrows(zones, [way('coats', 'shoes', 2), way('shoes', 'coats', 1)]);
  const middle = (path: string): number => pointsOf(path)[1]![1];
  expect(middle(there!.line)).toBeGreaterThan(1);
  expect(middle(back!.line)).toBeLessThan(1);
});

test.each([
  ['a zone that the plan no longer has', way('coats', 'garden', 4)],
  ['a zone and itself', way('coats', 'coats', 4)],
  ['zones whose names stand on each other', way('coats', 'hats', 4)],
])('there is no arrow between %s', (_, strange) => {
  expect(wayArrows(zones, [strange])).toEqual([]);
});

test('no more than can be told apart are drawn', () => {
  const many = Array.from({ length: 30 }, (_, index) => square(`z${index}`, 3 * index, 0));
  const ways = many.slice(1).map(({ name }, index) => way(`z${index}`, name, index + 1));
  expect(wayArrows(many, ways)).toHaveLength(MOST_ARROWS);
});

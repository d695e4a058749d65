import { expect, test } from 'vitest';
import { newVisitId, type VisitId } from '../../runtime/ids.ts';
import { createGroups } from './groups.ts';
import type { FloorPoint } from './sighting.ts';

const people = [newVisitId(), newVisitId(), newVisitId()] as const;

/** @param starts when each comes in, seconds. @param apart metres between neighbours at a second. @returns sizes told */
function play(starts: readonly number[], apart: (seconds: number) => number): number[][] {
  const groups = createGroups(2.5);
  const sizes: number[][] = [];
  for (let seconds = 0; seconds < 30; seconds += 0.25) {
    starts.forEach((start, index) => {
      if (start === seconds) groups.started(people[index]!, seconds * 1000);
    });
    const inside = starts.flatMap((start, index): [VisitId, FloorPoint][] =>
      start <= seconds ? [[people[index]!, [2 + index * apart(seconds), 3]]] : [],
    );
    const told = groups.see(new Map(inside), seconds * 1000);
    if (told.length > 0) sizes.push(told.map(({ size }) => size));
  }
  return sizes;
}

test.each<[string, number[], (seconds: number) => number, number[][]]>([
  ['two who come in together and stay together are a group', [0, 1], () => 0.8, [[2, 2]]],
  ['two who part behind the door are none', [0, 1], (seconds) => (seconds < 3 ? 0.8 : 5), []],
  ['two who come in ten seconds after each other are none', [0, 10], () => 0.8, []],
  [
    'a third one makes the group larger',
    [0, 1, 2],
    () => 0.9,
    [
      [2, 2],
      [3, 3, 3],
    ],
  ],
  ['who comes in alone is no group', [0], () => 0, []],
])('%s', (_, starts, apart, sizes) => {
  expect(play(starts, apart)).toEqual(sizes);
});

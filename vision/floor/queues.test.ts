import { describe, expect, test } from 'vitest';
import type { Zone } from '../../config/floor-schema.ts';
import { newVisitId, type VisitId } from '../../runtime/ids.ts';
import { createQueues, type QueueChange } from './queues.ts';

const square: Zone['polygon'] = [
  [0, 0],
  [1, 0],
  [1, 1],
];
const queue: Zone = { name: 'queue', kind: 'queue', polygon: square, leadsTo: 'till' };
const till: Zone = { name: 'till', kind: 'area', polygon: square };
const bags: Zone = { name: 'bags', kind: 'area', polygon: square };
const names = { anna: newVisitId(), bert: newVisitId() };
type Step = readonly [
  seconds: number,
  who: keyof typeof names,
  does: 'joins' | 'leaves' | 'reaches the till' | 'reaches the bags' | 'is lost' | 'is gone',
];

/** Plays a scene at the queue, in seconds, until a minute is over. */
function play(zone: Zone, steps: readonly Step[]): string[] {
  const queues = createQueues([zone, till, bags]);
  const isIn = (): boolean => false;
  const told: QueueChange[] = [];
  for (let seconds = 0; seconds <= 60; seconds++) {
    for (const [at, who, does] of steps) {
      if (at !== seconds) continue;
      const visitId = names[who];
      const atMs = seconds * 1000;
      if (does === 'joins') told.push(...queues.entered(visitId, zone, atMs));
      if (does === 'leaves') told.push(...queues.left(visitId, zone, atMs, isIn));
      if (does === 'reaches the till') told.push(...queues.entered(visitId, till, atMs));
      if (does === 'reaches the bags') told.push(...queues.entered(visitId, bags, atMs));
      if (does === 'is lost') told.push(...queues.gone(visitId, false));
      if (does === 'is gone') told.push(...queues.gone(visitId, true));
    }
    told.push(...queues.tick(seconds * 1000));
  }
  return told.map(say);
}

function say(change: QueueChange): string {
  const name = Object.entries(names).find(([, id]: [string, VisitId]) => id === change.visitId)![0];
  const at = `${change.atMs / 1000} s: ${name}`;
  if (change.kind === 'joined') return `${at} waits, ${change.length} in all`;
  const served =
    change.served === null ? 'who knows where to' : change.served ? 'served' : 'without being served';
  return `${at} left after ${change.waitSeconds} s, ${served}, ${change.length} still wait`;
}

describe('at a queue', () => {
  test.each<[string, Zone, Step[], string[]]>([
    [
      'who only walks through does not wait',
      queue,
      [
        [1, 'anna', 'joins'],
        [3, 'anna', 'leaves'],
      ],
      [],
    ],
    [
      'somebody waits and is served',
      queue,
      [
        [1, 'anna', 'joins'],
        [21, 'anna', 'leaves'],
        [23, 'anna', 'reaches the till'],
      ],
      ['1 s: anna waits, 1 in all', '21 s: anna left after 20 s, served, 0 still wait'],
    ],
    [
      'somebody gives up',
      queue,
      [
        [1, 'anna', 'joins'],
        [21, 'anna', 'leaves'],
        [25, 'anna', 'reaches the bags'],
      ],
      ['1 s: anna waits, 1 in all', '21 s: anna left after 20 s, without being served, 0 still wait'],
    ],
    [
      'somebody gives up and leaves the shop',
      queue,
      [
        [1, 'anna', 'joins'],
        [21, 'anna', 'leaves'],
        [25, 'anna', 'is gone'],
      ],
      ['1 s: anna waits, 1 in all', '21 s: anna left after 20 s, without being served, 0 still wait'],
    ],
    [
      'nobody saw where somebody went',
      queue,
      [
        [1, 'anna', 'joins'],
        [21, 'anna', 'leaves'],
        [25, 'anna', 'is lost'],
      ],
      ['1 s: anna waits, 1 in all', '21 s: anna left after 20 s, who knows where to, 0 still wait'],
    ],
    [
      'a queue that leads nowhere says nothing of serving',
      { name: 'queue', kind: 'queue', polygon: square },
      [
        [1, 'anna', 'joins'],
        [21, 'anna', 'leaves'],
      ],
      ['1 s: anna waits, 1 in all', '21 s: anna left after 20 s, who knows where to, 0 still wait'],
    ],
    [
      'two wait, one behind the other',
      queue,
      [
        [1, 'anna', 'joins'],
        [6, 'bert', 'joins'],
        [11, 'anna', 'leaves'],
        [12, 'anna', 'reaches the till'],
      ],
      [
        '1 s: anna waits, 1 in all',
        '6 s: bert waits, 2 in all',
        '11 s: anna left after 10 s, served, 1 still wait',
      ],
    ],
  ])('%s', (_, zone, steps, expected) => {
    expect(play(zone, steps)).toEqual(expected);
  });
});

test('how long the queue is now, and who has waited longest', () => {
  const queues = createQueues([queue, till]);
  queues.entered(names.anna, queue, 0);
  queues.entered(names.bert, queue, 4_000);
  queues.tick(5_000);
  expect([queues.lengthOf('queue'), queues.longestWaitSeconds('queue', 10_000)]).toEqual([1, 10]);
  queues.tick(7_000);
  expect(queues.lengthOf('queue')).toBe(2);
  expect(createQueues([queue]).longestWaitSeconds('queue', 0)).toBeNull();
});

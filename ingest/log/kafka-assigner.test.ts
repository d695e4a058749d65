import { expect, test } from 'vitest';
import { shareOut } from './kafka-assigner.ts';

const PARTITIONS: Record<string, number[]> = { old: [0, 1, 2, 3], new: [0, 1] };
const partitionsOf = (topic: string): number[] => PARTITIONS[topic] ?? [];

const asObject = (shares: ReadonlyMap<string, unknown>): unknown => Object.fromEntries(shares);

test('members who want the same topics share their partitions evenly', () => {
  const members = [
    { memberId: 'a', topics: ['new', 'old'] },
    { memberId: 'b', topics: ['new', 'old'] },
  ];
  expect(asObject(shareOut(members, ['new', 'old'], partitionsOf))).toEqual({
    a: { new: [0], old: [0, 2] },
    b: { new: [1], old: [1, 3] },
  });
});

test('while a release with a new topic is rolled out, the topic is read by those who know it', () => {
  const members = [
    { memberId: 'before', topics: ['old'] },
    { memberId: 'after', topics: ['new', 'old'] },
  ];
  const shares = shareOut(members, ['new', 'old'], partitionsOf);
  expect(shares.get('before')).toEqual({ old: [0, 2] });
  expect(shares.get('after')).toEqual({ new: [0, 1], old: [1, 3] });
});

test('a topic that nobody wants is given to nobody', () => {
  expect(shareOut([{ memberId: 'a', topics: ['old'] }], ['new'], partitionsOf).size).toBe(0);
});

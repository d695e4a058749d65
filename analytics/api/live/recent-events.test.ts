import { describe, expect, it } from 'vitest';
import { createRecentEvents } from './recent-events.ts';

function filled(capacity: number, ids: readonly string[]) {
  const recent = createRecentEvents<{ id: string }>(capacity);
  for (const id of ids) recent.add({ id });
  return recent;
}
const ids = (events: readonly { id: string }[] | undefined) => events?.map(({ id }) => id);

describe('the last events', () => {
  it.each([
    // kept, came, asked for what came after, told
    ['what came after', 5, ['a', 'b', 'c'], 'a', ['b', 'c']],
    ['nothing after the newest', 5, ['a', 'b', 'c'], 'c', []],
    ['unknown is not nothing', 5, ['a', 'b', 'c'], 'x', undefined],
    ['forgotten is unknown', 2, ['a', 'b', 'c'], 'a', undefined],
    ['the oldest kept is known', 2, ['a', 'b', 'c'], 'b', ['c']],
  ])('%s', (_what, capacity, came, after, told) => {
    expect(ids(filled(capacity, came).after(after))).toEqual(told);
  });

  it('tells the newest, oldest first', () => {
    expect(ids(filled(5, ['a', 'b', 'c']).latest(2))).toEqual(['b', 'c']);
    expect(ids(filled(5, ['a']).latest(2))).toEqual(['a']);
  });
});

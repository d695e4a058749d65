import { describe, expect, test } from 'vitest';
import type { Batch, LogRecord } from '../log/event-log.ts';
import { intentNote } from './intent.ts';
import { createPartitionBatches } from './partition-batches.ts';

const topic = 'store.presence.v1';
const record = (offset: number): LogRecord => ({
  topic,
  partition: 0,
  offset,
  key: 'k',
  value: Buffer.from(`${offset}`),
  headers: {},
  appendedAtMs: 0,
});

function delivered(offsets: readonly number[], announcedThrough?: number): Batch {
  return {
    topic,
    partition: 0,
    records: offsets.map(record),
    committed: {
      nextOffset: offsets[0]!,
      metadata: announcedThrough === undefined ? '' : intentNote(announcedThrough, []),
    },
    commit: () => Promise.resolve(),
  };
}

const MOST_ROWS = 5;
const cutAll = (batches: readonly Batch[]): readonly (readonly number[])[] => {
  const cutter = createPartitionBatches(MOST_ROWS);
  return batches.flatMap((batch) =>
    cutter.cut(batch).map(({ records }) => records.map(({ offset }) => offset)),
  );
};

describe('how records become batches', () => {
  test.each<[string, readonly Batch[], readonly (readonly number[])[]]>([
    ['nothing announced: as the log hands them over', [delivered([4, 5, 6])], [[4, 5, 6]]],
    [
      'announced, and more has come since',
      [delivered([4, 5, 6, 7], 5)],
      [
        [4, 5],
        [6, 7],
      ],
    ],
    [
      'more than one insert holds: in pieces',
      [delivered([4, 5, 6, 7, 8, 9, 10])],
      [
        [4, 5, 6, 7, 8],
        [9, 10],
      ],
    ],
    [
      'announced as more than one insert holds now: still as it was announced',
      [delivered([4, 5, 6, 7, 8, 9, 10], 9)],
      [[4, 5, 6, 7, 8, 9], [10]],
    ],
    ['announced, and just that came', [delivered([4, 5], 5)], [[4, 5]]],
    [
      'announced, and the log cuts smaller now',
      [delivered([4, 5], 8), delivered([6, 7], 8), delivered([8, 9], 8)],
      [[4, 5, 6, 7, 8], [9]],
    ],
    [
      'announced, held, taken away and delivered again',
      [delivered([4, 5], 7), delivered([4, 5, 6, 7], 7)],
      [[4, 5, 6, 7]],
    ],
    ['announced, but retention removed some of it', [delivered([6, 7, 8], 7)], [[6, 7], [8]]],
    ['announced, but retention removed all of it', [delivered([9, 10], 7)], [[9, 10]]],
    ['announced, and its last record is gone from the log', [delivered([4, 5, 9], 7)], [[4, 5], [9]]],
  ])('%s', (_what, batches, expected) => {
    expect(cutAll(batches)).toEqual(expected);
  });

  test('what was announced goes with the batch for which it was said, and with no other', () => {
    const [first, second] = createPartitionBatches(MOST_ROWS).cut(delivered([4, 5, 6, 7], 5));
    expect(first?.announced?.through).toBe(5);
    expect(second?.announced).toBeUndefined();
  });
});

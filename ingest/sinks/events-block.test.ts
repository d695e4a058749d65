import { describe, expect, test } from 'vitest';
import { VisitIdentified } from '../events/visit-identified.ts';
import { VisitStarted } from '../events/visit-started.ts';
import { createEventsBlock } from './events-block.ts';
import { eventsRow, type EventsRow } from './events-table.ts';

const row = eventsRow(VisitStarted.example, { topic: 'store.presence.v1', partition: 3, offset: 417 });
const identified = eventsRow(VisitIdentified.example, {
  topic: 'store.presence.v1',
  partition: 3,
  offset: 418,
});
const bytesOf = (rows: readonly EventsRow[], block = createEventsBlock()): string => {
  for (const one of rows) expect(block.add(one)).toBeNull();
  return block.toBuffer().toString('hex');
};

describe('a block of events for ClickHouse', () => {
  test('has the same bytes for the same rows, also in memory that held others before', () => {
    const block = createEventsBlock();
    const other = { ...row, source: '/stores/other', subject: 'x'.repeat(10_000) };
    bytesOf(
      Array.from({ length: 300 }, () => other),
      block,
    );
    block.clear();
    expect(block.rows).toBe(0);
    expect(bytesOf([row, identified], block)).toBe(bytesOf([row, identified]));
  });

  test.each<[string, Partial<EventsRow>, string]>([
    [
      'there is no thirteenth month',
      { time: '2026-13-22T00:00:00.000Z' },
      'expected a time of the calendar from 1900 to 2299, found text of 24 characters at /time',
    ],
    [
      'ClickHouse has no year 2300',
      { recorded_time: '2300-01-01T00:00:00.000Z' },
      'expected a time of the calendar from 1900 to 2299, found text of 24 characters at /recordedtime',
    ],
    [
      'a subject key is a UUID',
      { subject_key: 'Anna' },
      'expected a UUID, found text of 4 characters at /data/subjectKey',
    ],
  ])('refuses what no column can hold, and says why: %s', (_what, wrong, reason) => {
    const block = createEventsBlock();
    expect(block.add({ ...row, ...wrong })).toBe(reason);
    expect(block.rows).toBe(0);
    expect(bytesOf([row], block)).toBe(bytesOf([row]));
  });
});

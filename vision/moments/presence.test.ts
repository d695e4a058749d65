import { describe, expect, test } from 'vitest';
import { newTrackId, toCameraId, toStoreId, toSubjectKey, type TrackId } from '../../runtime/ids.ts';
import type { Moment } from './moment.ts';
import { createPresence } from './presence.ts';

const cameraId = toCameraId('front-door');
const anna = toSubjectKey('0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa');
const decision = { network: 'test-space', distance: 0.3, margin: 0.2, threshold: 0.47, frames: 4 };
const minute = 60_000;

const entered = (trackId: TrackId, atMs: number): Moment => ({
  kind: 'entered',
  cameraId,
  trackId,
  atMs,
  inLane: true,
});
const identified = (trackId: TrackId, atMs: number): Moment => ({
  kind: 'identified',
  cameraId,
  trackId,
  atMs,
  subjectKey: anna,
  decision,
});
const gone = (trackId: TrackId, atMs: number): Moment => ({ kind: 'track-ended', cameraId, trackId, atMs });

function open() {
  return createPresence({ storeId: toStoreId('demo'), assumedStayMs: 20 * minute, isSimulated: () => true });
}

describe('what happens at the door, and what is said of it', () => {
  const [a, b] = [newTrackId(), newTrackId()];
  const table: [string, Moment[], string[]][] = [
    ['somebody comes in', [entered(a, 0)], ['visit.started']],
    ['a track that crosses the line twice is one visit', [entered(a, 0), entered(a, 500)], ['visit.started']],
    [
      'a member is recognised before the line',
      [identified(a, 0), entered(a, 900)],
      ['visit.started', 'visit.identified'],
    ],
    [
      'a member is recognised after the line',
      [entered(a, 0), identified(a, 900)],
      ['visit.started', 'visit.identified'],
    ],
    ['a member turns back before the line: nobody came in', [identified(a, 0), gone(a, 900)], []],
    [
      'two tracks of one member: the first stay must be over',
      [entered(a, 0), identified(a, 10), entered(b, minute), identified(b, minute + 10)],
      ['visit.started', 'visit.identified', 'visit.started', 'visit.ended', 'visit.identified'],
    ],
    ['two strangers are two visits', [entered(a, 0), entered(b, 0)], ['visit.started', 'visit.started']],
  ];
  test.each(table)('%s', (_, moments, expected) => {
    const presence = open();
    expect(moments.flatMap((moment) => presence.handle(moment)).map((event) => event.type)).toEqual(expected);
  });
});

test('a visit ends when the longest stay has passed, at that time and not later', () => {
  const presence = open();
  presence.handle(entered(newTrackId(), 1_000));
  expect(presence.endOverdue(20 * minute)).toEqual([]);
  const [ended] = presence.endOverdue(90 * minute);
  expect(ended).toMatchObject({
    type: 'visit.ended',
    time: new Date(1_000 + 20 * minute).toISOString(),
    data: { reason: 'assumed-left', durationSeconds: 1200 },
  });
  expect(presence.openVisits).toBe(0);
});

test('after a restart the visits of before are still inside, and end once', () => {
  const before = open();
  const track = newTrackId();
  const written = [...before.handle(entered(track, 0)), ...before.handle(identified(track, 5))];
  const after = open();
  for (const event of written) after.restore(event);
  expect(after.openVisits).toBe(1);
  expect(after.endOverdue(20 * minute).map((event) => event.visitid)).toEqual([written[0]?.visitid]);
  const again = open();
  for (const event of [...written, ...after.endOverdue(20 * minute), ...before.endOverdue(20 * minute)])
    again.restore(event);
  expect(again.openVisits).toBe(0);
});

test('a lost camera keeps its reason', () => {
  const [event] = open().handle({
    kind: 'camera-lost',
    cameraId,
    atMs: 0,
    reason: 'stalled',
    detail: 'no frame for 5 s',
  });
  expect(event).toMatchObject({
    type: 'camera.lost',
    data: { cameraId, reason: 'stalled', detail: 'no frame for 5 s' },
  });
});

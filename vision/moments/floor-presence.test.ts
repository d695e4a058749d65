import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../ingest/events/codec.ts';
import { EVENT_CONTRACTS, type AnyEvent } from '../../ingest/events/registry.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { toCameraId } from '../../runtime/ids.ts';
import { LEFT, RIGHT, walkAlong, type Walker } from '../floor/walkers.fixture.ts';
import { customer, open, play, told, visitsOf } from './floor-scenes.fixture.ts';
import type { Moment } from './moment.ts';

describe('a visit', () => {
  test('goes from the door to the exit, and ends once, when coming back is over', () => {
    const presence = open();
    const { events } = play(presence, [customer], [{ walker: 'anna', seconds: 1.2 }], 30);
    expect(told(events)).toEqual([
      'visit.started',
      'zone.entered entrance',
      'zone.left entrance',
      'zone.entered coats',
      'zone.left coats',
      'zone.entered way-out',
      'zone.left way-out',
    ]);
    const [ended, ...more] = presence.endOverdue(90_000);
    expect(ended).toMatchObject({ type: 'visit.ended', data: { reason: 'seen-leaving' } });
    expect(Date.parse(ended!.time) / 1000).toBeCloseTo(23, 0);
    expect(more).toEqual([]);
    expect(visitsOf([...events, ended!])).toBe(1);
  });

  test('says once a second where the visitor is, to the centimetre, and in which zones', () => {
    const { events } = play(open(), [customer], [{ walker: 'anna', seconds: 1.2 }], 30);
    const places = events.filter(({ type }) => type === 'visit.position-sampled');
    expect(places.length).toBeGreaterThan(15);
    expect(places.length).toBeLessThan(24);
    const atCoats = places.find(({ time }) => Date.parse(time) >= 10_000)!;
    expect(atCoats.data).toMatchObject({ zones: ['coats'], simulated: true });
  });

  test('keeps every contract in every event', () => {
    const { events } = play(open(), [customer], [{ walker: 'anna', seconds: 1.2, member: true }], 30);
    const types = new Set<string>(EVENT_CONTRACTS.map(({ type }) => type));
    for (const event of events) {
      expect(types.has(event.type)).toBe(true);
      expect(decode(encode(event as AnyEvent))).toMatchObject({ ok: true });
    }
  });

  test('begins without the door when somebody comes in by the entrance whom it did not count', () => {
    const { events } = play(open(), [customer], [], 12);
    expect(told(events)[0]).toBe('visit.started');
  });

  test('is found in the middle of the floor, and footfall does not count it', () => {
    const { events } = play(
      open(),
      [
        walkAlong(
          'bert',
          [
            [1, 6, 4],
            [12, 6, 5],
          ],
          2,
        ),
      ],
      [],
      12,
    );
    expect(told(events)).toEqual(['visit.found', 'zone.entered coats']);
  });

  test('goes on when somebody comes back soon where they went', () => {
    const back = walkAlong(
      'anna again',
      [
        [40, 0.5, 7.5],
        [46, 5, 4],
        [60, 5, 4],
      ],
      1,
    );
    const { events } = play(open(), [customer, back], [{ walker: 'anna', seconds: 1.2 }], 55);
    expect(visitsOf(events)).toBe(1);
    expect(events.find(({ type }) => type === 'visit.resumed')?.data).toMatchObject({ by: 'place' });
  });

  test('goes on when the same member is recognised again', () => {
    const back = walkAlong(
      'anna again',
      [
        [40, 1, 1],
        [46, 5, 4],
        [60, 5, 4],
      ],
      1,
    );
    const entries = [
      { walker: 'anna', seconds: 1.2, member: true },
      { walker: 'anna again', seconds: 40.2, member: true },
    ];
    const presence = open();
    const { events } = play(presence, [customer, back], entries, 55);
    const named = events.filter(({ type }) => type === 'visit.identified');
    expect(named.length).toBeGreaterThan(0);
    expect(presence.openVisits).toBeLessThanOrEqual(2);
  });

  test('of somebody lost in the middle of the floor ends as lost, when coming back is over', () => {
    const presence = open();
    play(
      presence,
      [
        walkAlong(
          'anna',
          [
            [1, 1, 1],
            [6, 5, 4],
            [16, 5, 4],
          ],
          1,
        ),
      ],
      [{ walker: 'anna', seconds: 1.2 }],
      20,
    );
    const nobody = (seconds: number): StoreEvent[] =>
      [LEFT.cameraId, RIGHT.cameraId].flatMap((cameraId) =>
        presence.handle({ kind: 'tracks', cameraId, atMs: seconds * 1000, tracks: [], ended: [] }),
      );
    const ended = [30, 50, 90].flatMap((seconds) => [
      ...nobody(seconds),
      ...presence.endOverdue(seconds * 1000),
    ]);
    expect(told(ended)).toEqual(['zone.left coats', 'visit.ended lost-sight']);
  });

  test('of staff is excluded, and nothing more is told of its way', () => {
    const clerk = walkAlong(
      'clerk',
      [
        [1, 1, 1],
        [9, 10, 1],
        [20, 10, 1],
        [26, 5, 4],
        [36, 5, 4],
      ],
      3,
    );
    const { events } = play(open(), [clerk], [{ walker: 'clerk', seconds: 1.2 }], 36);
    const types = told(events);
    expect(types).toContain('visit.excluded staff-zone');
    expect(types.slice(types.indexOf('visit.excluded staff-zone') + 1)).toEqual([]);
  });

  test('that somebody marks as staff by hand is excluded, once', () => {
    const presence = open();
    play(presence, [customer], [{ walker: 'anna', seconds: 1.2 }], 12);
    const { visitId } = presence.snapshot(12_000)!.people[0]!;
    expect(told(presence.markStaff(visitId, 12_000))).toContain('visit.excluded marked-by-hand');
    expect(presence.markStaff(visitId, 12_000)).toEqual([]);
    expect(presence.snapshot(12_000)).toMatchObject({ occupancy: 0, people: [{ staff: true }] });
  });
});

describe('a dead camera', () => {
  const lost = (cameraId: string, atMs: number): Moment => ({
    kind: 'camera-lost',
    cameraId: toCameraId(cameraId),
    atMs,
    reason: 'stalled',
    detail: 'no frame for 5 s',
  });

  test('makes what it covers unknown, never empty, and the rest stays known', () => {
    const presence = open();
    play(presence, [customer], [{ walker: 'anna', seconds: 1.2 }], 12);
    expect(presence.snapshot(12_000)).toMatchObject({ occupancy: 1 });
    presence.handle(lost('left', 12_000));
    const { occupancy, zones: counted, cameras } = presence.snapshot(12_500)!;
    expect(occupancy).toBeNull();
    expect(counted.map(({ name, people }) => [name, people])).toEqual([
      ['entrance', null],
      ['way-out', null],
      ['coats', null],
      ['counter', 0],
    ]);
    expect(cameras).toEqual([
      { cameraId: 'left', live: false },
      { cameraId: 'right', live: true },
    ]);
  });

  test('loses nobody: whoever was before it is still inside after a minute', () => {
    const presence = open();
    play(
      presence,
      [
        walkAlong(
          'anna',
          [
            [1, 1, 1],
            [6, 3, 4],
            [16, 3, 4],
          ],
          1,
        ),
      ],
      [{ walker: 'anna', seconds: 1.2 }],
      12,
    );
    presence.handle(lost('left', 12_000));
    for (let seconds = 13; seconds < 75; seconds++)
      expect(told(presence.endOverdue(seconds * 1000))).toEqual([]);
    expect(presence.snapshot(75_000)!.people).toHaveLength(1);
  });

  test('before any camera has said anything, nothing is known', () => {
    expect(open().snapshot(0)).toMatchObject({
      occupancy: null,
      people: [],
      cameras: [{ live: false }, { live: false }],
    });
  });
});

describe('a restart', () => {
  test('goes on with the visits that were open, without names, and ends them once', () => {
    const before = open();
    const { events } = play(before, [customer], [{ walker: 'anna', seconds: 1.2 }], 12);
    const after = open();
    for (const event of events) after.restore(event);
    expect(after.openVisits).toBe(1);
    const again = walkAlong(
      'anna',
      [
        [0, 5, 4],
        [20, 5, 4],
      ],
      1,
    );
    const shifted: Walker = { ...again, placeAt: (seconds) => again.placeAt(seconds - 14) };
    const { events: later } = play(after, [shifted], [], 30);
    expect(visitsOf([...events, ...later])).toBe(1);
    expect(after.snapshot(30_000)!.people).toMatchObject([{ zones: ['coats'] }]);
  });

  test('reads a day of positions in one pass', () => {
    const { events } = play(open(), [customer], [{ walker: 'anna', seconds: 1.2 }], 12);
    const sample = events.find(({ type }) => type === 'visit.position-sampled')!;
    const presence = open();
    for (const event of events) presence.restore(event);
    for (let count = 0; count < 50_000; count++) presence.restore(sample);
    expect(presence.openVisits).toBe(1);
  });
});

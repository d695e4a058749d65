import { describe, expect, test } from 'vitest';
import type { Visits, Zone } from '../../config/floor-schema.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { decode, encode } from '../../ingest/events/codec.ts';
import { EVENT_CONTRACTS, type AnyEvent } from '../../ingest/events/registry.ts';
import { newTrackId, toCameraId, toStoreId, toSubjectKey, type TrackId } from '../../runtime/ids.ts';
import { calibrate } from '../floor/calibration.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import {
  LEFT,
  looksFrom,
  NO_MISTAKES,
  RIGHT,
  USUAL_MISTAKES,
  walkAlong,
  watchWalkers,
  type Mistakes,
  type Walker,
} from '../floor/walkers.fixture.ts';
import type { Moment } from './moment.ts';
import { createPresence, type Presence } from './presence.ts';

const door = toCameraId('front-door');
const anna = toSubjectKey('0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa');
const decision = { network: 'test-space', distance: 0.3, margin: 0.2, threshold: 0.47, frames: 4 };
const visits: Visits = {
  assumedStayMinutes: 20,
  positionSeconds: 1,
  lostSeconds: 20,
  reentrySeconds: 60,
  groupSeconds: 2.5,
  staffSeconds: 3,
};
const box = (left: number, top: number, right: number, bottom: number): Zone['polygon'] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
/** People come in at the top left, and leave at the bottom left. */
const zones: Zone[] = [
  { name: 'entrance', kind: 'entrance', polygon: box(0, 0, 2.5, 3) },
  { name: 'way-out', kind: 'exit', polygon: box(0, 6, 2.5, 9) },
  { name: 'coats', kind: 'area', polygon: box(4, 2, 8, 6) },
  { name: 'counter', kind: 'staff', polygon: box(9, 0, 12, 2) },
];
const straightDown = (cameraId: string, place: FloorPoint) => ({
  cameraId: toCameraId(cameraId),
  purpose: 'ceiling' as const,
  size: { width: 700, height: 900 },
  // 3 m of floor to the left and right of the lens and 4.5 m up and down: what the made-up cameras see.
  calibration: calibrate(
    {
      kind: 'pose',
      place: [place[0], place[1]],
      heightMetres: 3,
      bearingDegrees: 0,
      pitchDownDegrees: 90,
      rollDegrees: 0,
      horizontalFieldOfViewDegrees: (Math.atan(3.5 / 3) * 360) / Math.PI,
    },
    { width: 700, height: 900 },
  ),
});
/** It looks to the left, at people who come in; in its picture their faces grow until they are beneath it. */
const doorCamera = {
  cameraId: door,
  purpose: 'door' as const,
  size: { width: 1280, height: 720 },
  calibration: calibrate(
    {
      kind: 'pose',
      place: [4.5, 1.5],
      heightMetres: 2.2,
      bearingDegrees: 270,
      pitchDownDegrees: 14,
      rollDegrees: 0,
      horizontalFieldOfViewDegrees: 60,
    },
    { width: 1280, height: 720 },
  ),
};
const FACE_METRES = { above: 1.57, wide: 0.16 };

/** What the door says while somebody walks towards it: faces all the time, that they came in, and who they are. */
function atDoor(walker: Walker, entry: Entry): Moment[] {
  const trackId: TrackId = newTrackId();
  const { calibration, size } = doorCamera;
  const moments: Moment[] = [];
  let lastMs = 0;
  for (let atMs = 0; atMs < entry.seconds * 1000 + 4_000; atMs += 100) {
    const place = walker.placeAt(atMs / 1000);
    const middle = place && calibration.toImage(place, FACE_METRES.above);
    if (
      middle === undefined ||
      middle[0] < 0 ||
      middle[1] < 0 ||
      middle[0] > size.width ||
      middle[1] > size.height
    )
      continue;
    const half = (FACE_METRES.wide * calibration.focalPixels!) / 2 / Math.max(0.5, 4.5 - place![0]);
    const boxXyxy: [number, number, number, number] = [
      middle[0] - half,
      middle[1] - half,
      middle[0] + half,
      middle[1] + half,
    ];
    const faces = [{ trackId, boxXyxy, inLane: true, state: { kind: 'anonymous' as const } }];
    moments.push({ kind: 'overlay', cameraId: door, atMs, faces, framesPerSecond: 10, dropped: 0 });
    lastMs = atMs;
  }
  const about = { cameraId: door, trackId, atMs: entry.seconds * 1000 };
  moments.push({ kind: 'entered', ...about, inLane: true });
  if (entry.member === true) moments.push({ kind: 'identified', ...about, subjectKey: anna, decision });
  return [
    ...moments,
    { kind: 'track-ended', cameraId: door, trackId, atMs: Math.max(lastMs, about.atMs) + 800 },
  ];
}

const floor = {
  plan: { widthMetres: 12, heightMetres: 9 },
  zones,
  lines: [],
  visits,
  cameras: [straightDown('left', [3.5, 4.5]), straightDown('right', [8.75, 4.5]), doorCamera],
};

function open(setting: Partial<typeof floor> = {}): Presence {
  return createPresence({
    storeId: toStoreId('demo'),
    assumedStayMs: 20 * 60_000,
    isSimulated: () => true,
    floor: { ...floor, ...setting },
  });
}

/** Who crosses the door's line, and whether the door knows them. */
interface Entry {
  readonly walker: string;
  readonly seconds: number;
  readonly member?: boolean;
}

interface Played {
  readonly events: readonly StoreEvent[];
  /** Every second: whom each place is said to be, by the walker who is nearest. */
  readonly named: readonly { readonly seconds: number; readonly walker: string | undefined }[];
}

function play(
  presence: Presence,
  walkers: readonly Walker[],
  entries: readonly Entry[],
  seconds: number,
  mistakes: Mistakes = NO_MISTAKES,
  seed = 1,
): Played {
  const doorMoments = entries.flatMap((entry) =>
    atDoor(
      walkers.find(({ name }) => name === entry.walker)!,
      entry,
    ),
  );
  const seen = watchWalkers(walkers, [LEFT, RIGHT], { seconds, seed, mistakes });
  const tracks = seen.map(({ sighting, ended }): Moment => ({
    kind: 'tracks',
    cameraId: sighting.cameraId,
    atMs: sighting.atMs,
    tracks: [...sighting.tracks],
    ended: [...ended],
  }));
  const events: StoreEvent[] = [];
  const named: { seconds: number; walker: string | undefined }[] = [];
  let second = 1;
  for (const moment of [...doorMoments, ...tracks].sort((a, b) => a.atMs - b.atMs)) {
    events.push(...presence.handle(moment));
    if (moment.atMs < second * 1000) continue;
    events.push(...presence.endOverdue(moment.atMs));
    for (const person of presence.snapshot(moment.atMs)?.people ?? []) {
      if (person.subjectKey !== undefined)
        named.push({ seconds: second, walker: nearest(walkers, person.place, moment.atMs / 1000) });
    }
    second++;
  }
  return { events, named };
}

function nearest(walkers: readonly Walker[], place: FloorPoint, seconds: number): string | undefined {
  const metres = (walker: Walker): number => {
    const at = walker.placeAt(seconds);
    return at === undefined ? Infinity : Math.hypot(at[0] - place[0], at[1] - place[1]);
  };
  return walkers.toSorted((one, other) => metres(one) - metres(other))[0]?.name;
}

const told = (events: readonly StoreEvent[]): string[] =>
  events
    .filter(({ type }) => type !== 'visit.position-sampled')
    .map(({ type, data }) => {
      const { zone, reason } = data as { zone?: string; reason?: string };
      return [type, zone ?? reason].filter((word) => word !== undefined).join(' ');
    });
const visitsOf = (events: readonly StoreEvent[]): number =>
  new Set(events.map(({ visitid }) => visitid)).size;

/** Through the entrance to the coats, ten seconds there, and out. */
const customer = walkAlong(
  'anna',
  [
    [1, 1, 1],
    [6, 5, 4],
    [16, 5, 4],
    [22, 1, 7.5],
    [23, 0.5, 7.5],
  ],
  1,
);

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

test('a name is never on somebody else in 200 crossings, whoever is swapped by the cameras', () => {
  let shown = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const slant = (seed % 7) * 0.12;
    const sameClothes = seed % 2 === 0;
    const pair = [
      walkAlong(
        'anna',
        [
          [1, 1, 2.5],
          [5, 4, 3],
          [12, 10, 5 + slant],
          [14, 11, 5],
        ],
        1,
      ),
      {
        ...walkAlong(
          'bert',
          [
            [1, 10, 3],
            [8, 6, 4.5 - slant],
            [14, 1.5, 4],
          ],
          2,
        ),
        looks: looksFrom(sameClothes ? 1 : 2),
      },
    ];
    const { named } = play(
      open(),
      pair,
      [{ walker: 'anna', seconds: 1.2, member: true }],
      14,
      { ...USUAL_MISTAKES, swaps: 2 },
      seed,
    );
    shown += named.length;
    expect(
      named.filter(({ walker }) => walker !== 'anna'),
      `crossing ${seed}`,
    ).toEqual([]);
  }
  expect(shown).toBeGreaterThan(0);
}, 120_000);

import type { Visits, Zone } from '../../config/floor-schema.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import { newTrackId, toCameraId, toStoreId, toSubjectKey, type TrackId } from '../../runtime/ids.ts';
import { calibrate } from '../floor/calibration.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import {
  LEFT,
  NO_MISTAKES,
  RIGHT,
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

/** A shop of 12 m by 9 m with two cameras over it and one at the door. */
export function open(setting: Partial<typeof floor> = {}): Presence {
  return createPresence({
    storeId: toStoreId('demo'),
    assumedStayMs: 20 * 60_000,
    isSimulated: () => true,
    floor: { ...floor, ...setting },
  });
}

/** Who crosses the door's line, and whether the door knows them. */
export interface Entry {
  readonly walker: string;
  readonly seconds: number;
  readonly member?: boolean;
}

export interface Played {
  readonly events: readonly StoreEvent[];
  /** Every second: whom each place is said to be, by the walker who is nearest. */
  readonly named: readonly { readonly seconds: number; readonly walker: string | undefined }[];
}

/** What the cameras see of people who walk, and what presence makes of it. */
export function play(
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

/** Types of events, with the zone or the reason. */
export const told = (events: readonly StoreEvent[]): string[] =>
  events
    .filter(({ type }) => type !== 'visit.position-sampled')
    .map(({ type, data }) => {
      const { zone, reason } = data as { zone?: string; reason?: string };
      return [type, zone ?? reason].filter((word) => word !== undefined).join(' ');
    });
export const visitsOf = (events: readonly StoreEvent[]): number =>
  new Set(events.map(({ visitid }) => visitid)).size;

/** Through the entrance to the coats, ten seconds there, and out. */
export const customer = walkAlong(
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

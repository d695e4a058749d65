import { describe, expect, test } from 'vitest';
import { toCameraId, toSubjectKey, toTrackId } from '../runtime/ids.ts';
import type { Moment } from '../vision/moments/moment.ts';
import { compareWithTruth } from './comparison.ts';
import type { DoorTruth, TruthVisit } from './truth.ts';

const startedAtMs = Date.UTC(2026, 10, 22, 8);
const cameraId = toCameraId('front-door');
const track = (number: number) => toTrackId(`01900000-0000-7000-8000-${String(number).padStart(12, '0')}`);
const keys = new Map([
  ['6a', toSubjectKey('01900000-0000-7000-9000-000000000001')],
  ['6b', toSubjectKey('01900000-0000-7000-9000-000000000002')],
]);
const identityOf = (subjectKey: string): string | undefined =>
  [...keys].find(([, key]) => key === subjectKey)?.[0];

const visit = (
  number: number,
  identity: string,
  member: boolean,
  lane: boolean,
  from: number,
): TruthVisit => ({
  visit: number,
  identity,
  givenName: identity,
  member,
  lane,
  enteredAtSeconds: from + 4,
  faces: [0, 1, 2, 3, 4].map((second) => ({
    seconds: from + second,
    boxXyxy: [600, 200, 640 + 10 * second, 250],
    visible: 1,
    inLane: lane && second > 1,
  })),
});
const truth: DoorTruth = {
  version: 1,
  simulated: true,
  seed: 1,
  seconds: 60,
  camera: {
    width: 1280,
    height: 720,
    framesPerSecond: 15,
    horizontalFieldOfViewDegrees: 60,
    heightMetres: 2.2,
    pitchDownDegrees: 14,
  },
  lanePolygon: [],
  entranceLine: { from: [0, 0.7], to: [1, 0.7] },
  visits: [
    visit(0, '6a', true, true, 0),
    visit(1, '1a', false, true, 10),
    visit(2, '6b', true, false, 20),
    visit(3, '6b', true, true, 50),
  ],
};

const entered = (seconds: number): Moment => ({
  kind: 'entered',
  cameraId,
  trackId: track(seconds),
  atMs: startedAtMs + seconds * 1000,
  inLane: true,
});
const named = (identity: string, seconds: number): Moment => ({
  kind: 'identified',
  cameraId,
  trackId: track(seconds),
  atMs: startedAtMs + seconds * 1000,
  subjectKey: keys.get(identity)!,
  decision: { network: 'test', distance: 0.3, margin: 0.2, threshold: 0.5, frames: 3 },
});

describe('compared with the truth', () => {
  test.each([
    ['everything right', [named('6a', 3), named('6b', 53)], { precision: 1, recall: 1, recognised: 2 }],
    [
      'one member missed',
      [named('6a', 3)],
      { precision: 1, recall: 0.5, missed: [{ visit: 3, identity: '6b' }] },
    ],
    ['nobody recognised', [], { precision: null, recall: 0 }],
    ['a stranger called by a name', [named('6a', 13)], { precision: 0, nonMembersRecognised: 1 }],
    [
      'a member recognised outside the lane',
      [named('6b', 23)],
      { precision: 0, membersOutsideLaneRecognised: 1 },
    ],
    ['a member called by another one’s name', [named('6b', 3)], { precision: 0, membersMistaken: 1 }],
    ['the same name twice in one visit', [named('6a', 2), named('6a', 3)], { precision: 1, recognised: 1 }],
    ['the second pass of a loop', [named('6a', 3), named('6a', 63)], { precision: 1, recognised: 1 }],
    ['all counted', [entered(4), entered(14), entered(24), entered(54)], { counted: 4, footfallError: 0 }],
    ['one counted twice', [4, 5, 14, 24, 54].map(entered), { counted: 5, footfallError: 0.25 }],
    ['one not counted', [4, 14, 24].map(entered), { footfallError: -0.25 }],
  ])('%s', (_what, moments: Moment[], expected) => {
    expect(compareWithTruth(moments, truth, { startedAtMs, identityOf })).toMatchObject(expected);
  });
});

import { describe, expect, test } from 'vitest';
import type { Face } from './face.ts';
import { createFaceTracker, type FaceTracker } from './face-tracker.ts';
import { boxCentre } from './geometry.ts';

const faceAt = (x: number, y: number, width = 60): Face => ({
  boxXyxy: [x - width / 2, y - width / 2, x + width / 2, y + width / 2],
  score: 0.9,
  landmarks: [],
  landmarkFrame: { centre: [x, y], side: width, turnRadians: 0 },
});

/** Plays a scene and says how many different people were confirmed. */
function confirmed(tracker: FaceTracker, framesPerSecond: number, frames: Face[][]): number {
  const ids = new Set<string>();
  frames.forEach((faces, index) => {
    for (const track of tracker.update(faces, index / framesPerSecond).seen) {
      if (track.confirmed) ids.add(track.trackId);
    }
  });
  return ids.size;
}

const steps = (count: number, at: (index: number) => Face[]): Face[][] =>
  Array.from({ length: count }, (_, i) => at(i));

describe('a face tracker', () => {
  test.each<[string, number, Face[][], number]>([
    ['one person walks in', 15, steps(15, (i) => [faceAt(300, 100 + 8 * i)]), 1],
    ['the same walk at 5 frames a second', 5, steps(6, (i) => [faceAt(300, 100 + 24 * i)]), 1],
    ['two walk side by side', 15, steps(15, (i) => [faceAt(300, 100 + 8 * i), faceAt(380, 100 + 8 * i)]), 2],
    ['two cross each other', 15, steps(20, (i) => [faceAt(200 + 12 * i, 200), faceAt(440 - 12 * i, 230)]), 2],
    [
      'the detector misses three frames',
      15,
      steps(15, (i) => (i > 5 && i < 9 ? [] : [faceAt(300, 100 + 8 * i)])),
      1,
    ],
    [
      'the detector sees a face in a pattern for one frame',
      15,
      steps(9, (i) => (i === 4 ? [faceAt(900, 500)] : [])),
      0,
    ],
    [
      'a second person comes from where the first one left two seconds ago',
      15,
      steps(60, (i) => (i < 15 || i > 45 ? [faceAt(300, 200)] : [])),
      2,
    ],
    [
      'a small face behind a large one is another person',
      15,
      steps(9, (i) => [i % 2 ? faceAt(300, 200, 110) : faceAt(300, 200, 50)]),
      2,
    ],
  ])('%s', (_scene, framesPerSecond, frames, expected) => {
    expect(confirmed(createFaceTracker(), framesPerSecond, frames)).toBe(expected);
  });

  test('expects a face that is hidden for a moment where its motion leads', () => {
    const tracker = createFaceTracker();
    for (let i = 0; i < 10; i++) tracker.update([faceAt(100 + 10 * i, 200)], i / 10);
    const { unseen } = tracker.update([], 1.2);
    expect(boxCentre(unseen[0]!.boxXyxy)[0]).toBeCloseTo(190 + 30, 0);
  });

  test('tells the end of a person once, and of a mistake never', () => {
    const tracker = createFaceTracker();
    tracker.update([faceAt(900, 500)], 0);
    for (let i = 0; i < 10; i++) tracker.update([faceAt(300, 200)], i / 10);
    expect(tracker.update([], 1.5).ended).toHaveLength(0);
    expect(tracker.update([], 1.8).ended).toHaveLength(1);
    expect(tracker.update([], 9).ended).toHaveLength(0);
    expect(tracker.endAll()).toHaveLength(0);
  });
});

import { describe, expect, it } from 'vitest';
import { walkers, type SyntheticDetection } from './synthetic/walkers.ts';
import { createTracker, type TrackableDetection } from './tracker.ts';
import { thresholdsAround } from './tracker-settings.ts';

/** A person of 200 pixels whose middle is at x. */
const person = (x: number, { y = 200, score = 0.95 } = {}): TrackableDetection => ({
  boxXyxy: [x - 40, y - 100, x + 40, y + 100],
  score,
});

/** Plays pictures `rate` a second; nobody where a picture is undefined. Tells who was seen, as a letter a track. */
function play(
  pictures: readonly (readonly TrackableDetection[])[],
  rate: number,
  settings: Parameters<typeof createTracker>[0] = {},
) {
  const tracker = createTracker(settings);
  const letters = new Map<string, string>();
  const nameOf = (trackId: string): string => {
    const known = letters.get(trackId) ?? String.fromCharCode(97 + letters.size);
    letters.set(trackId, known);
    return known;
  };
  const ended: string[] = [];
  const seen = pictures.map((picture, index) => {
    const told = tracker.update(picture, index / rate);
    ended.push(...told.ended.map(({ trackId }) => nameOf(trackId)));
    return told.seen
      .toSorted((one, other) => one.boxXyxy[0] - other.boxXyxy[0])
      .map(({ trackId, confirmed }) => (confirmed ? nameOf(trackId) : '?'))
      .join('');
  });
  return { seen, ended, tracker };
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('a tracker', () => {
  it.each([
    { scene: 'somebody stands', pictures: times(10, () => [person(100)]), last: 'a' },
    {
      scene: 'two walk towards each other and pass',
      pictures: times(60, (at) => [person(100 + 5 * at), person(400 - 5 * at, { y: 240 })]),
      last: 'ba',
    },
    {
      scene: 'one walks past one who stands',
      pictures: times(60, (at) => [person(100 + 5 * at), person(250, { y: 250 })]),
      last: 'ba',
    },
    {
      scene: 'somebody half hidden is only found unsurely for a second',
      pictures: times(60, (at) => [person(100 + at, { score: at > 15 && at < 45 ? 0.3 : 0.95 })]),
      last: 'a',
    },
    {
      scene: 'somebody is not found at all for half a second, and walks on',
      pictures: times(60, (at) => (at > 20 && at < 35 ? [] : [person(100 + 3 * at)])),
      last: 'a',
    },
    {
      scene: 'somebody comes back after three seconds',
      pictures: times(150, (at) => (at > 20 && at < 110 ? [] : [person(100)])),
      last: 'b',
    },
    {
      scene: 'a detector is unsure of a shadow for long',
      pictures: times(60, () => [person(100, { score: 0.4 })]),
      last: '',
    },
  ])('at 30 pictures a second, when $scene, ends with "$last"', ({ pictures, last }) => {
    expect(play(pictures, 30).seen.at(-1)).toBe(last);
  });

  it('confirms who is clear at once, and who is less clear after a time', () => {
    const clear = play(
      times(6, () => [person(100, { score: 0.95 })]),
      30,
    );
    expect(clear.seen).toEqual(['a', 'a', 'a', 'a', 'a', 'a']);
    const lessClear = play(
      times(6, () => [person(100, { score: 0.8 })]),
      30,
      { confirmSeconds: 0.1 },
    );
    expect(lessClear.seen).toEqual(['?', '?', '?', 'a', 'a', 'a']);
  });

  it('never tells anybody of a false box that comes once', () => {
    const { seen, ended } = play([[person(100, { score: 0.8 })], [], [], ...times(60, () => [])], 30);
    expect(seen.join('')).toBe('?');
    expect(ended).toEqual([]);
  });

  it('tells a lost person with where they are expected, and an ended one once', () => {
    const tracker = createTracker({ lostSeconds: 1 });
    for (let at = 0; at < 30; at++) tracker.update([person(100 + 3 * at)], at / 30);
    const lost = tracker.update([], 1.3);
    expect(lost.unseen).toHaveLength(1);
    const [track] = lost.unseen;
    expect(track).toMatchObject({
      confirmed: true,
      detection: undefined,
      firstSeconds: 0,
      lastSeconds: 29 / 30,
    });
    // 90 pixels a second: after a third of a second 30 pixels farther than the last sight at 187.
    expect((track!.boxXyxy[0] + track!.boxXyxy[2]) / 2).toBeGreaterThan(205);
    expect(track!.velocity[0]).toBeGreaterThan(70);
    expect(track!.velocity[0]).toBeLessThan(110);
    const over = tracker.update([], 2.2);
    expect(over.ended.map(({ trackId }) => trackId)).toEqual([track!.trackId]);
    expect(over.unseen).toEqual([]);
    expect(tracker.update([], 3).ended).toEqual([]);
    expect(tracker.endAll()).toEqual([]);
  });

  it('ends everybody, once, when the camera is lost, and gives new ids after', () => {
    const { tracker } = play(
      times(5, () => [person(100), person(400)]),
      30,
    );
    const ended = tracker.endAll().map(({ trackId }) => trackId);
    expect(ended).toHaveLength(2);
    expect(tracker.endAll()).toEqual([]);
    const again = tracker.update([person(100), person(400)], 5).seen.map(({ trackId }) => trackId);
    expect(new Set([...ended, ...again]).size).toBe(4);
  });

  it('takes nobody for the same person across a gap longer than lost people are looked for', () => {
    const tracker = createTracker();
    const before = tracker.update([person(100)], 0).seen[0]!;
    const after = tracker.update([person(100)], 60);
    expect(after.ended.map(({ trackId }) => trackId)).toEqual([before.trackId]);
    expect(after.seen[0]!.trackId).not.toBe(before.trackId);
  });

  it('gives every track the detection it was seen by, with whatever the caller put on it', () => {
    const tracker = createTracker<TrackableDetection & { readonly name: string }>();
    const { seen } = tracker.update(
      [
        { ...person(100), name: 'left' },
        { ...person(500), name: 'right' },
      ],
      0,
    );
    expect(seen.map(({ detection }) => detection?.name)).toEqual(['left', 'right']);
  });

  it('refuses a picture that is not later than the one before', () => {
    const tracker = createTracker();
    tracker.update([], 1);
    expect(() => tracker.update([], 1)).toThrow(RangeError);
    expect(() => tracker.update([], Number.NaN)).toThrow(RangeError);
  });

  it('follows with another detector’s scores when told what they mean', () => {
    const pictures = times(20, (at) => [person(100 + at, { score: 0.6 })]);
    expect(play(pictures, 10).seen.at(-1)).toBe('');
    expect(play(pictures, 10, thresholdsAround(0.3)).seen.at(-1)).toBe('a');
  });
});

describe('twelve people who walk about for 20 seconds, a tenth of them missed', () => {
  it.each([30, 15, 10, 5])('keep their tracks at %i pictures a second', (rate) => {
    const every = 30 / rate;
    const pictures = walkers({ people: 12, frames: 600, framesPerSecond: 30, missed: 0.1 }).filter(
      (_, frame) => frame % every === 0,
    );
    expect(identityKept(pictures, rate)).toBeGreaterThan(0.85);
  });
});

/** Share of the boxes of people that carry the track which the person has most often. */
function identityKept(pictures: readonly (readonly SyntheticDetection[])[], rate: number): number {
  const tracker = createTracker<SyntheticDetection>();
  const counts = new Map<number, Map<string, number>>();
  let boxes = 0;
  pictures.forEach((picture, index) => {
    boxes += picture.filter(({ person: who }) => who >= 0).length;
    for (const { trackId, detection } of tracker.update(picture, index / rate).seen) {
      if (!detection || detection.person < 0) continue;
      const ofPerson = counts.get(detection.person) ?? new Map<string, number>();
      counts.set(detection.person, ofPerson.set(trackId, (ofPerson.get(trackId) ?? 0) + 1));
    }
  });
  const kept = [...counts.values()].reduce((sum, ofPerson) => sum + Math.max(...ofPerson.values()), 0);
  return kept / boxes;
}

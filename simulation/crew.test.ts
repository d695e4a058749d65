import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { castMember } from './cast.ts';
import { startCrew, type Crew } from './crew.ts';
import { loadPhotograph } from './photographs.ts';
import { planSeconds, planWalks } from './plan.ts';
import { parseScenario } from './scenario.ts';
import { DOOR_CAMERA, ENTRANCE_LINE } from './scene.ts';
import { truthOf, type DoorTruth } from './truth.ts';

/** Three shoppers, two of them members, seen five times a second. */
const scenario = parseScenario(
  'seed: 3\nshoppers: 3\nminutes: 0.3\nmembers: [6a, 6b]\nmemberShare: 0.67\nlaneShare: { members: 1, others: 0 }\ncamera: { framesPerSecond: 5 }\n',
  'test.yaml',
);
const walks = planWalks(scenario);
const frames = Math.ceil(planSeconds(scenario, walks) * scenario.camera.framesPerSecond);
const { width, height } = DOOR_CAMERA.geometry;

const hashes = async (crew: Crew, from: number, to: number): Promise<string[]> => {
  const out: string[] = [];
  for await (const { rgb } of crew.paint(0, from, to))
    out.push(createHash('sha256').update(rgb).digest('hex'));
  return out;
};

describe('a crew', { timeout: 180_000 }, () => {
  let crew: Crew;
  let truth: DoorTruth;
  /** Pictures in which a member's face is wide, by frame. */
  const kept = new Map<number, Uint8Array>();

  beforeAll(async () => {
    crew = await startCrew(scenario, [{ kind: 'door', walks }], 2);
    const seen = [];
    for await (const { frame, rgb, faces } of crew.paint(0, 0, frames)) {
      seen.push({ frame, faces });
      if (faces.some(({ boxXyxy: [left, , right] }) => right - left > 70)) kept.set(frame, rgb.slice());
    }
    truth = truthOf(scenario, walks, seen, frames);
  }, 180_000);
  afterAll(() => crew.close());

  test('paints the same pictures again, also with one thread', async () => {
    const alone = await startCrew(scenario, [{ kind: 'door', walks }], 1);
    const middle = Math.round(frames / 2);
    try {
      const again = await hashes(alone, middle, middle + 6);
      expect(again).toEqual(await hashes(crew, middle, middle + 6));
      expect(new Set(again).size).toBe(6);
    } finally {
      await alone.close();
    }
  });

  test('everyone crosses the entrance line once, and is seen', () => {
    expect(truth.visits).toHaveLength(3);
    for (const { faces, enteredAtSeconds } of truth.visits) {
      const line = ENTRANCE_LINE.from[1] * height;
      const beyond = faces.map(({ boxXyxy: [, top, , bottom] }) => (top + bottom) / 2 > line);
      const crossings = beyond.filter((is, index) => index > 0 && is !== beyond[index - 1]);
      expect(crossings).toEqual([true]);
      const first = faces[beyond.indexOf(true)]!;
      expect(enteredAtSeconds).toBeLessThanOrEqual(first.seconds);
      expect(enteredAtSeconds).toBeGreaterThan(first.seconds - 0.21);
    }
  });

  test('faces lie inside the picture and grow', () => {
    for (const { faces } of truth.visits) {
      for (const {
        boxXyxy: [left, top, right, bottom],
        visible,
      } of faces) {
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(width);
        expect(bottom).toBeLessThanOrEqual(height);
        expect(visible).toBeGreaterThanOrEqual(0);
        expect(visible).toBeLessThanOrEqual(1);
      }
      const whole = faces.filter(({ boxXyxy }) => boxXyxy[3] < height);
      const sizes = whole.map(({ boxXyxy: [left, top, right, bottom] }) => (right - left) * (bottom - top));
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    }
  });

  test('members in the lane show a face of 50 pixels or more for over a second', () => {
    for (const { member, lane, faces } of truth.visits) {
      expect(lane).toBe(member);
      const good = faces.filter(
        ({ boxXyxy: [left, , right], inLane, visible }) => inLane && visible > 0.9 && right - left >= 50,
      );
      if (lane) expect(good.length).toBeGreaterThan(5);
      else expect(good).toEqual([]);
    }
  });

  test('the face at the truth’s box is the photograph’s face', async () => {
    for (const one of truth.visits.filter(({ member }) => member)) {
      const face = one.faces.find(({ seconds, visible }) => {
        return visible === 1 && kept.has(Math.round(seconds * scenario.camera.framesPerSecond));
      })!;
      const rgb = kept.get(Math.round(face.seconds * scenario.camera.framesPerSecond))!;
      const { video } = castMember(one.identity);
      const photograph = await loadPhotograph(video.photograph);
      const painted = greyPatch({ rgb, width }, face.boxXyxy);
      expect(correlation(painted, greyPatch(photograph, video.faceXyxy))).toBeGreaterThan(0.9);
      const stranger = castMember(one.identity === '6a' ? '6b' : '6a').video;
      expect(correlation(painted, greyPatch(photograph, stranger.faceXyxy))).toBeLessThan(0.8);
    }
  });
});

/** A face's middle in 24 × 24 grey means. */
function greyPatch(
  picture: { rgb: Uint8Array; width: number },
  [left, top, right, bottom]: readonly [number, number, number, number],
): number[] {
  const cells = 24;
  return Array.from({ length: cells * cells }, (_, cell) => {
    const at = (share: number, from: number, to: number): number => from + (to - from) * (0.1 + 0.8 * share);
    const x1 = Math.floor(at((cell % cells) / cells, left, right));
    const x2 = Math.max(x1 + 1, Math.floor(at(((cell % cells) + 1) / cells, left, right)));
    const y1 = Math.floor(at(Math.floor(cell / cells) / cells, top, bottom));
    const y2 = Math.max(y1 + 1, Math.floor(at((Math.floor(cell / cells) + 1) / cells, top, bottom)));
    let sum = 0;
    for (let y = y1; y < y2; y++) {
      for (let x = x1; x < x2; x++) {
        const i = (y * picture.width + x) * 3;
        sum += picture.rgb[i]! + picture.rgb[i + 1]! + picture.rgb[i + 2]!;
      }
    }
    return sum / ((x2 - x1) * (y2 - y1));
  });
}

/** Pearson's, -1..1. */
function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [m1, m2] = [mean(one), mean(other)];
  let both = 0;
  let first = 0;
  let second = 0;
  one.forEach((value, index) => {
    both += (value - m1) * (other[index]! - m2);
    first += (value - m1) ** 2;
    second += (other[index]! - m2) ** 2;
  });
  return both / Math.sqrt(first * second);
}

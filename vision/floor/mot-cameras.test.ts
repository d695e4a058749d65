import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MatrixCalibration } from '../../config/floor-schema.ts';
import { ROOT } from '../../runtime/paths.ts';
import { calibrate, type FloorCalibration } from './calibration.ts';
import { multiply, type Matrix3 } from './matrix3.ts';
import { standingPlace } from './standing-place.ts';

/** Evaluation data beside the project; without it these extra checks are left out. */
const FOLDER = `${ROOT}../shared/data/mot`;
const FRAMES_PER_SECOND = 30;
const SIZE = { width: 1920, height: 1080 };
/** Theirs is ahead, left, up; ours across (right), down the plan (towards the camera), into the ground. */
const TO_THEIRS: Matrix3 = [
  [0, -1, 0],
  [-1, 0, 0],
  [0, 0, -1],
];

describe.skipIf(!existsSync(FOLDER))(
  'cameras whose K, R and t somebody else published (needs MOT17 beside the project)',
  () => {
    // The camera of MOT17-13 stands on a bus that drives; people's heights are right all the same.
    it.each(['MOT17-02', 'MOT17-09', 'MOT17-13'])('%s: people are as tall as people are', (name) => {
      const camera = calibrate(published(name), SIZE);
      const heights = tracksOf(name).flatMap((track) => heightOf(camera, track[0]!) ?? []);
      expect(heights.length).toBeGreaterThan(5);
      expect(median(heights)).toBeGreaterThan(1.45);
      expect(median(heights)).toBeLessThan(1.95);
    });

    it.each(['MOT17-02', 'MOT17-09'])('%s: people walk as fast as people walk', (name) => {
      const camera = calibrate(published(name), SIZE);
      const speeds: number[] = [];
      for (const track of tracksOf(name)) {
        const [first, last] = [track[0]!, track.at(-1)!];
        const seconds = (last.frame - first.frame) / FRAMES_PER_SECOND;
        const from = camera.toFloor(first.feet);
        const to = camera.toFloor(last.feet);
        if (seconds < 2 || from === undefined || to === undefined) continue;
        speeds.push(Math.hypot(to[0] - from[0], to[1] - from[1]) / seconds);
      }
      expect(speeds.length).toBeGreaterThan(5);
      expect(median(speeds)).toBeGreaterThan(0.5);
      expect(median(speeds)).toBeLessThan(2);
    });

    it('a whole person gets the place of their feet', () => {
      const camera = calibrate(published('MOT17-09'), SIZE);
      const box = [1068, 370, 1192, 742] as const;
      const found = standingPlace(camera, box, SIZE)!;
      const feet = camera.toFloor([1130, 742])!;
      expect(found.by).toBe('feet');
      expect(Math.hypot(found.place[0] - feet[0], found.place[1] - feet[1])).toBeLessThan(0.6);
    });
  },
);

/** Three tables of numbers under headings; t in millimetres. */
function published(name: string): MatrixCalibration {
  const numbers = readFileSync(`${FOLDER}/${name}/cam_para.txt`, 'utf8')
    .split(/\s+/)
    .filter((word) => word !== '' && !/[a-z]/i.test(word))
    .map(Number);
  const row = (at: number): [number, number, number] => [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!];
  const [a, b, c] = multiply([row(0), row(3), row(6)], TO_THEIRS);
  const [x, y, z] = row(9);
  return {
    kind: 'matrix',
    rotation: [[...a], [...b], [...c]],
    translation: [x / 1000, y / 1000, z / 1000],
    intrinsics: [row(12), row(15), row(18)],
  };
}

interface Step {
  readonly frame: number;
  readonly feet: readonly [number, number];
  readonly top: number;
}

/** Where over the feet the upper edge of the box is, by halving. */
function heightOf(camera: FloorCalibration, { feet, top }: Step): number | undefined {
  const place = camera.toFloor(feet);
  if (place === undefined) return undefined;
  let [low, high] = [0, 4];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    const seen = camera.toImage(place, middle);
    if (seen === undefined || seen[1] < top) high = middle;
    else low = middle;
  }
  return low;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Pedestrians that are evaluated, whole in the picture, in the order of their frames. */
function tracksOf(name: string): Step[][] {
  const tracks = new Map<number, Step[]>();
  for (const line of readFileSync(`${FOLDER}/${name}/gt/gt.txt`, 'utf8').trim().split('\n')) {
    const [frame, id, left, top, width, height, flag, kind] = line.split(',').map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const whole = left > 0 && top > 0 && left + width < SIZE.width && top + height < SIZE.height;
    if (flag !== 1 || kind !== 1 || !whole) continue;
    const track = tracks.get(id) ?? [];
    track.push({ frame, feet: [left + width / 2, top + height], top });
    tracks.set(id, track);
  }
  return [...tracks.values()].map((track) => track.sort((a, b) => a.frame - b.frame));
}

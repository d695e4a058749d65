import type { BoxXyxy } from '../../faces/geometry.ts';
import { createNormal, createRandom } from './random.ts';

/** A detection of a made-up picture. */
export interface SyntheticDetection {
  readonly boxXyxy: BoxXyxy;
  readonly score: number;
  /** Who it is; -1 for a false box. */
  readonly person: number;
}

export interface WalkersOptions {
  readonly people: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Share of people who aren't found in a picture. */
  readonly missed?: number;
  /** False boxes a picture, on average. */
  readonly falseBoxes?: number;
  /** Deviation of found boxes, in heights. */
  readonly jitter?: number;
  readonly seed?: number;
}

const [WIDTH, HEIGHT] = [1920, 1080];
const [SMALLEST_PERSON, LARGEST_PERSON] = [120, 320];
const WIDTH_IN_HEIGHTS = 0.4;
/** Most people in a shop walk at less than 1 m/s, which is half their height. */
const FASTEST_IN_HEIGHTS = 0.55;
/** People change direction about so often. */
const SECONDS_STRAIGHT = 3;

/**
 * Pictures of people who walk about a picture of 1920 by 1080, turn, stop and turn back at its edge, as a detector would
 * find them: shaken, with misses and false boxes. The same for the same seed; not a simulation of a shop.
 */
export function walkers({
  people,
  frames,
  framesPerSecond,
  missed = 0.05,
  falseBoxes = 0.5,
  jitter = 0.015,
  seed = 1,
}: WalkersOptions): SyntheticDetection[][] {
  const random = createRandom(seed);
  const normal = createNormal(random);
  const shaken = (box: BoxXyxy): BoxXyxy => {
    const height = box[3] - box[1];
    const shake = (): number => normal() * jitter * height;
    return [box[0] + shake(), box[1] + shake(), box[2] + shake(), box[3] + shake()];
  };
  const somebody = () => {
    const height = SMALLEST_PERSON + random() * (LARGEST_PERSON - SMALLEST_PERSON);
    return {
      height,
      x: random() * WIDTH,
      y: height / 2 + random() * (HEIGHT - height),
      vx: 0,
      vy: 0,
      turnsIn: 0,
    };
  };
  const all = Array.from({ length: people }, somebody);
  return Array.from({ length: frames }, () => {
    const found: SyntheticDetection[] = [];
    all.forEach((one, person) => {
      one.turnsIn -= 1 / framesPerSecond;
      if (one.turnsIn <= 0) {
        const [angle, speed] = [random() * 2 * Math.PI, random() * FASTEST_IN_HEIGHTS * one.height];
        [one.vx, one.vy] = [Math.cos(angle) * speed, (Math.sin(angle) * speed) / 2];
        one.turnsIn = random() * 2 * SECONDS_STRAIGHT;
      }
      if (one.x < 0 || one.x > WIDTH) one.vx = Math.abs(one.vx) * (one.x < 0 ? 1 : -1);
      if (one.y < one.height / 2 || one.y > HEIGHT - one.height / 2) {
        one.vy = Math.abs(one.vy) * (one.y < one.height / 2 ? 1 : -1);
      }
      one.x += one.vx / framesPerSecond;
      one.y += one.vy / framesPerSecond;
      if (random() < missed) return;
      const half = (one.height * WIDTH_IN_HEIGHTS) / 2;
      const box: BoxXyxy = [one.x - half, one.y - one.height / 2, one.x + half, one.y + one.height / 2];
      found.push({ boxXyxy: shaken(box), score: 0.5 + 0.45 * random(), person });
    });
    for (let more = random() * 2 * falseBoxes; more > random(); more--) {
      const { x, y, height } = somebody();
      const half = (height * WIDTH_IN_HEIGHTS) / 2;
      found.push({
        boxXyxy: [x - half, y - height / 2, x + half, y + height / 2],
        score: 0.1 + 0.7 * random(),
        person: -1,
      });
    }
    return found;
  });
}

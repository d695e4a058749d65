import type { BoxXyxy, Point } from '../faces/geometry.ts';

/**
 * How boxes move and how well they are measured, in heights of the box, so that near and far people are treated alike.
 * Noise is per square root of a second (its variance grows evenly with time): 5 and 30 pictures a second spread a
 * prediction over the same second by the same amount.
 */
export interface MotionNoise {
  /** Deviation of a measured centre, in heights. */
  readonly centreMeasured: number;
  /** Deviation of a measured width or height, in heights. */
  readonly sizeMeasured: number;
  /** How far a centre wanders beside its velocity, in heights per √s. */
  readonly centreWander: number;
  /** How much the centre's velocity changes, in heights per second per √s. */
  readonly centreChange: number;
  /** How much a width or height wanders, in heights per √s. */
  readonly sizeWander: number;
  /** How much the velocity of a width or height changes, in heights per second per √s. */
  readonly sizeChange: number;
  /** Deviation of the velocity of somebody who was only seen once, in heights per second. */
  readonly firstSpeed: number;
}

/**
 * Kalman filter of a box (R. E. Kalman, 1960): centre, width and height in pixels, each with a velocity in pixels a second
 * and driven by white acceleration. The four don't influence each other, so each is a filter of two numbers in closed form.
 */
export interface BoxFilter {
  /** Moves the state on; the uncertainty grows with it. */
  predict(seconds: number): void;
  correct(boxXyxy: BoxXyxy): void;
  box(): BoxXyxy;
  /** Of the centre, in pixels a second. */
  velocity(): Point;
}

/** Per axis: value, velocity, and their variances and covariance. */
const AXIS = 5;
const [X, Y, WIDTH, HEIGHT] = [0, AXIS, 2 * AXIS, 3 * AXIS] as const;
/** A box is never thinner than this, whatever the filter extrapolates. */
const SMALLEST_PIXELS = 1;

export function createBoxFilter([left, top, right, bottom]: BoxXyxy, noise: MotionNoise): BoxFilter {
  const state = new Float64Array(4 * AXIS);
  const scale = (): number => Math.max(state[HEIGHT]!, SMALLEST_PIXELS);
  const centre = [noise.centreMeasured, noise.firstSpeed] as const;
  const size = [noise.sizeMeasured, noise.sizeChange] as const;
  start(HEIGHT, bottom - top, size);
  start(WIDTH, right - left, size);
  start(X, (left + right) / 2, centre);
  start(Y, (top + bottom) / 2, centre);

  /** At rest, as unsure as a first sight leaves it. */
  function start(axis: number, value: number, [deviation, speedDeviation]: readonly [number, number]): void {
    state[axis] = value;
    state[axis + 2] = (deviation * scale()) ** 2;
    state[axis + 4] = (speedDeviation * scale()) ** 2;
  }

  function predictAxis(axis: number, seconds: number, wander: number, change: number): void {
    const [velocity, covariance, velocityVariance] = [state[axis + 1]!, state[axis + 3]!, state[axis + 4]!];
    state[axis]! += velocity * seconds;
    state[axis + 2]! +=
      2 * seconds * covariance +
      seconds * seconds * velocityVariance +
      wander * seconds +
      (change * seconds ** 3) / 3;
    state[axis + 3]! += seconds * velocityVariance + (change * seconds ** 2) / 2;
    state[axis + 4]! += change * seconds;
  }

  function correctAxis(axis: number, measured: number, variance: number): void {
    const [own, covariance] = [state[axis + 2]!, state[axis + 3]!];
    const error = measured - state[axis]!;
    const [gain, velocityGain] = [own / (own + variance), covariance / (own + variance)];
    state[axis]! += gain * error;
    state[axis + 1]! += velocityGain * error;
    state[axis + 2] = (1 - gain) * own;
    state[axis + 3] = (1 - gain) * covariance;
    state[axis + 4]! -= velocityGain * covariance;
  }

  return {
    predict(seconds) {
      const square = scale() ** 2;
      const { centreWander, centreChange, sizeWander, sizeChange } = noise;
      predictAxis(X, seconds, square * centreWander ** 2, square * centreChange ** 2);
      predictAxis(Y, seconds, square * centreWander ** 2, square * centreChange ** 2);
      predictAxis(WIDTH, seconds, square * sizeWander ** 2, square * sizeChange ** 2);
      predictAxis(HEIGHT, seconds, square * sizeWander ** 2, square * sizeChange ** 2);
    },
    correct([l, t, r, b]) {
      const square = Math.max(b - t, SMALLEST_PIXELS) ** 2;
      const [centreVariance, sizeVariance] = [
        square * noise.centreMeasured ** 2,
        square * noise.sizeMeasured ** 2,
      ];
      correctAxis(X, (l + r) / 2, centreVariance);
      correctAxis(Y, (t + b) / 2, centreVariance);
      correctAxis(WIDTH, r - l, sizeVariance);
      correctAxis(HEIGHT, b - t, sizeVariance);
    },
    box() {
      const [x, y] = [state[X]!, state[Y]!];
      const halfWidth = Math.max(state[WIDTH]!, SMALLEST_PIXELS) / 2;
      const halfHeight = Math.max(state[HEIGHT]!, SMALLEST_PIXELS) / 2;
      return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
    },
    velocity: () => [state[X + 1]!, state[Y + 1]!],
  };
}

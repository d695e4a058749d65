import type { FloorCovariance, FloorPoint } from './sighting.ts';

/** Where somebody probably is: a normal distribution on the floor, in metres. */
export interface Belief {
  readonly place: FloorPoint;
  readonly covariance: FloorCovariance;
  /** Metres a second. */
  readonly velocity: FloorPoint;
}

/** What a Kalman filter knows of one person: place and velocity, and how the two may be wrong. */
export interface WalkState {
  readonly seconds: number;
  readonly place: FloorPoint;
  readonly velocity: FloorPoint;
  /** Of (across, down, velocity across, velocity down), row by row. */
  readonly covariance: Float64Array;
}

/** The speed of people in a shop spreads like this, standing still included: metres a second, each axis. */
const SPEED_SIGMA = 0.7;
/** People keep a direction for about so long. */
const MEMORY_SECONDS = 1.6;

/** Somebody who was never seen before. */
export function beginWalk(seconds: number, place: FloorPoint, covariance: FloorCovariance): WalkState {
  const [xx, xy, yy] = covariance;
  const vv = SPEED_SIGMA * SPEED_SIGMA;
  return {
    seconds,
    place,
    velocity: [0, 0],
    covariance: Float64Array.of(xx, xy, 0, 0, xy, yy, 0, 0, 0, 0, vv, 0, 0, 0, 0, vv),
  };
}

/**
 * Where somebody is at a later moment who isn't seen meanwhile. The velocity is an Ornstein-Uhlenbeck process: it fades
 * within {@link MEMORY_SECONDS} and its spread returns to that of people in a shop. So a prediction runs on for a step or
 * two and then widens like a random walk, which is what people behind a shelf do; a constant velocity would carry them
 * through the wall.
 */
export function predictWalk(state: WalkState, seconds: number): WalkState {
  const elapsed = seconds - state.seconds;
  if (elapsed <= 0) return state;
  const fade = Math.exp(-elapsed / MEMORY_SECONDS);
  const reach = MEMORY_SECONDS * (1 - fade);
  const [vx, vy] = state.velocity;
  const moved: FloorPoint = [state.place[0] + reach * vx, state.place[1] + reach * vy];

  const speedVariance = SPEED_SIGMA * SPEED_SIGMA;
  const noisePlace =
    speedVariance * MEMORY_SECONDS ** 2 * ((2 * elapsed) / MEMORY_SECONDS - 3 + 4 * fade - fade * fade);
  const noiseBoth = speedVariance * MEMORY_SECONDS * (1 - fade) ** 2;
  const noiseSpeed = speedVariance * (1 - fade * fade);

  const before = state.covariance;
  const after = new Float64Array(16);
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 2; j++) {
      const placePlace = before[i * 4 + j]!;
      const placeSpeed = before[i * 4 + j + 2]!;
      const speedPlace = before[(i + 2) * 4 + j]!;
      const speedSpeed = before[(i + 2) * 4 + j + 2]!;
      const same = i === j ? 1 : 0;
      after[i * 4 + j] =
        placePlace + reach * (placeSpeed + speedPlace) + reach * reach * speedSpeed + same * noisePlace;
      after[i * 4 + j + 2] = fade * (placeSpeed + reach * speedSpeed) + same * noiseBoth;
      after[(i + 2) * 4 + j] = fade * (speedPlace + reach * speedSpeed) + same * noiseBoth;
      after[(i + 2) * 4 + j + 2] = fade * fade * speedSpeed + same * noiseSpeed;
    }
  }
  return { seconds, place: moved, velocity: [fade * vx, fade * vy], covariance: after };
}

/** Takes in a sight of the same moment as the state (Kalman's update, in Joseph's form, which stays symmetric). */
export function correctWalk(state: WalkState, seen: FloorPoint, noise: FloorCovariance): WalkState {
  const p = state.covariance;
  const [sxx, sxy, syy] = addCovariances(placeCovariance(state), noise);
  const determinant = sxx * syy - sxy * sxy;
  const [ixx, ixy, iyy] = [syy / determinant, -sxy / determinant, sxx / determinant];
  const gain = new Float64Array(8);
  for (let i = 0; i < 4; i++) {
    const [a, b] = [p[i * 4]!, p[i * 4 + 1]!];
    gain[i * 2] = a * ixx + b * ixy;
    gain[i * 2 + 1] = a * ixy + b * iyy;
  }
  const dx = seen[0] - state.place[0];
  const dy = seen[1] - state.place[1];
  const step = (i: number): number => gain[i * 2]! * dx + gain[i * 2 + 1]! * dy;

  const keep = new Float64Array(16);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) keep[i * 4 + j] = (i === j ? 1 : 0) - (j < 2 ? gain[i * 2 + j]! : 0);
  }
  const [nxx, nxy, nyy] = noise;
  const covariance = new Float64Array(16);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        for (let l = 0; l < 4; l++) sum += keep[i * 4 + k]! * p[k * 4 + l]! * keep[j * 4 + l]!;
      }
      const [gi, hi, gj, hj] = [gain[i * 2]!, gain[i * 2 + 1]!, gain[j * 2]!, gain[j * 2 + 1]!];
      covariance[i * 4 + j] = sum + gi * nxx * gj + (gi * hj + hi * gj) * nxy + hi * nyy * hj;
    }
  }
  return {
    seconds: state.seconds,
    place: [state.place[0] + step(0), state.place[1] + step(1)],
    velocity: [state.velocity[0] + step(2), state.velocity[1] + step(3)],
    covariance,
  };
}

export function placeCovariance({ covariance }: WalkState): FloorCovariance {
  return [covariance[0]!, covariance[1]!, covariance[5]!];
}

export function beliefOf(state: WalkState): Belief {
  return { place: state.place, covariance: placeCovariance(state), velocity: state.velocity };
}

export function addCovariances(one: FloorCovariance, other: FloorCovariance): FloorCovariance {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
}

/** A covariance of an error that is the same in every direction. */
export function roundCovariance(sigmaMetres: number): FloorCovariance {
  return [sigmaMetres * sigmaMetres, 0, sigmaMetres * sigmaMetres];
}

/** The square of the distance in standard deviations (Mahalanobis 1936). */
export function squaredDeviations([dx, dy]: FloorPoint, [xx, xy, yy]: FloorCovariance): number {
  return (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (xx * yy - xy * xy);
}

/** The density of a normal distribution at an offset from its middle, as the negative logarithm: per square metre, in nats. */
export function surprise(offset: FloorPoint, covariance: FloorCovariance): number {
  const [xx, xy, yy] = covariance;
  const determinant = xx * yy - xy * xy;
  return 0.5 * squaredDeviations(offset, covariance) + 0.5 * Math.log(determinant) + Math.log(2 * Math.PI);
}

export function metresBetween(one: FloorPoint, other: FloorPoint): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

export function minus(one: FloorPoint, other: FloorPoint): FloorPoint {
  return [one[0] - other[0], one[1] - other[1]];
}

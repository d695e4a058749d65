import { solveSymmetric } from './matrix3.ts';

export interface Solution {
  readonly state: readonly number[];
  /** Sum of the squared errors. */
  readonly cost: number;
  /** JᵀJ at the solution: its inverse, times the variance of one error, is the covariance of the state. */
  readonly normal: readonly (readonly number[])[];
}

const ROUNDS = 60;
const STEP = 1e-6;
/** A round that gains less than this share of the cost is the last one. */
const ENOUGH = 1e-9;
/** Nothing is left to gain. */
const NOTHING = 1e-18;

/**
 * The state with the least squared errors, by Levenberg's and Marquardt's method (SIAM J. Appl. Math. 11(2), 1963) with a
 * numeric Jacobian. Undefined when the start has no errors, or none of its neighbours has.
 * @param errors of a state, as many as always; undefined for a state that cannot be
 */
export function leastSquares(
  errors: (state: readonly number[]) => readonly number[] | undefined,
  start: readonly number[],
): Solution | undefined {
  let state = [...start];
  let now = errors(state);
  if (now === undefined) return undefined;
  let cost = sumOfProducts(now, now);
  let damping = 1e-3;
  let normal: number[][] | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const slopes = slopesAt(errors, state, now);
    if (slopes === undefined) return undefined;
    normal = slopes.map((a) => slopes.map((b) => sumOfProducts(a, b)));
    const downhill = slopes.map((slope) => -sumOfProducts(slope, now!));
    let better = false;
    while (!better && damping < 1e12) {
      const damped = normal.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) : value)));
      const change = solveSymmetric(damped, downhill);
      const next = change && state.map((value, index) => value + change[index]!);
      const then = next && errors(next);
      const cheaper = then === undefined ? Infinity : sumOfProducts(then, then);
      better = cheaper < cost;
      if (!better) damping *= 10;
      else {
        const gained = cost - cheaper;
        [state, now, cost] = [next!, then!, cheaper];
        damping = Math.max(1e-12, damping / 10);
        if (gained <= ENOUGH * cost || cost < NOTHING) return { state, cost, normal };
      }
    }
    if (!better) break;
  }
  return normal && { state, cost, normal };
}

function slopesAt(
  errors: (state: readonly number[]) => readonly number[] | undefined,
  state: readonly number[],
  now: readonly number[],
): number[][] | undefined {
  const slopes: number[][] = [];
  for (const [index, value] of state.entries()) {
    const step = STEP * Math.max(1, Math.abs(value));
    const moved = errors(state.map((other, at) => (at === index ? value + step : other)));
    if (moved === undefined) return undefined;
    slopes.push(moved.map((error, at) => (error - now[at]!) / step));
  }
  return slopes;
}

function sumOfProducts(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

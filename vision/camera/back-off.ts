/** Waits between attempts to reach a camera: exponential with full jitter on the upper half, up to a cap. */
export interface BackOff {
  /** Milliseconds to wait before the next attempt. */
  nextMs(): number;
  /** Trying often does harm: wait as long as ever from now on. */
  skipToCap(): void;
  /** The camera was reached: begin again with short waits. */
  reset(): void;
}

export interface BackOffOptions {
  readonly firstMs: number;
  readonly capMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/**
 * Doubles the wait with each attempt. Half of it is fixed and half is random, so that many cameras behind one switch that
 * came back do not knock at the same moment.
 *
 * @example firstMs 500, capMs 30000: 250-500, 500-1000, 1000-2000 ... 15000-30000 ms
 */
export function createBackOff({ firstMs, capMs, random }: BackOffOptions): BackOff {
  let wholeMs = firstMs;
  return {
    nextMs() {
      const waitMs = wholeMs / 2 + (wholeMs / 2) * random();
      wholeMs = Math.min(capMs, wholeMs * 2);
      return waitMs;
    },
    skipToCap() {
      wholeMs = capMs;
    },
    reset() {
      wholeMs = firstMs;
    },
  };
}

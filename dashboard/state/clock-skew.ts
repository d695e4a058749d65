/** One question to the server's clock, all in milliseconds since 1970. */
export interface ClockSample {
  /** By the browser's clock. */
  readonly sentMs: number;
  readonly serverMs: number;
  /** By the browser's clock. */
  readonly receivedMs: number;
}

export interface ClockSkew {
  /** What to add to the browser's clock to get the server's. */
  readonly offsetMs: number;
  /** The truth is within this of `offsetMs`: half of the way there and back. */
  readonly uncertaintyMs: number;
}

/** How many samples are looked at; clocks drift, so old ones go. */
export const SAMPLES_KEPT = 8;

/**
 * Compares two clocks as NTP does (RFC 5905, section 8): the sample with the shortest way is the most certain one.
 * An offset smaller than its uncertainty proves nothing, so it is taken as none: on one machine there is none.
 * @returns `undefined` without samples
 */
export function clockSkew(samples: readonly ClockSample[]): ClockSkew | undefined {
  let best: ClockSkew | undefined;
  for (const { sentMs, serverMs, receivedMs } of samples.slice(-SAMPLES_KEPT)) {
    const uncertaintyMs = Math.max(0, receivedMs - sentMs) / 2;
    const offsetMs = serverMs - (sentMs + receivedMs) / 2;
    if (best === undefined || uncertaintyMs < best.uncertaintyMs) best = { offsetMs, uncertaintyMs };
  }
  if (best === undefined || Math.abs(best.offsetMs) > best.uncertaintyMs) return best;
  return { offsetMs: 0, uncertaintyMs: best.uncertaintyMs };
}

import type { Pointer } from './functions.ts';
import { CLOCK_TIME_NONE, type GStreamer } from './library.ts';

/**
 * Turns the pipelines' clock (GStreamer's system clock: monotonic, the same for every pipeline of the machine) into UTC.
 */
export interface CaptureClock {
  /** The system clock now, seconds since it began. */
  nowSeconds(): number;
  /** UTC of a time on the system clock, milliseconds since 1970. */
  utcMs(clockSeconds: number): number;
}

/** A wall clock that moved by more than this against the monotonic one was set: follow it. */
const CLOCK_SET_MS = 20;
/** Seconds from 1900 (NTP, RFC 5905) to 1970 (Unix). */
const NTP_EPOCH_SECONDS = 2_208_988_800n;

/** @param now the wall clock, milliseconds since 1970 */
export function createCaptureClock(
  gst: GStreamer,
  clock: Pointer,
  now: () => number = Date.now,
): CaptureClock {
  const nowSeconds = () => Number(gst.gst_clock_get_time(clock)) / 1e9;
  const offset = createUtcOffset();
  return {
    nowSeconds,
    utcMs: (clockSeconds) => clockSeconds * 1000 + offset(now(), nowSeconds() * 1000),
  };
}

/**
 * UTC minus monotonic time, milliseconds: steady against the millisecond steps of the wall clock, so that capture times
 * are as even as the camera's; it follows when someone sets the wall clock.
 */
export function createUtcOffset(): (utcMs: number, monotonicMs: number) => number {
  let offsetMs: number | undefined;
  return (utcMs, monotonicMs) => {
    const found = utcMs - monotonicMs;
    if (offsetMs === undefined || Math.abs(found - offsetMs) > CLOCK_SET_MS) offsetMs = found;
    return offsetMs;
  };
}

/** NTP time in nanoseconds since 1900 as milliseconds since 1970; undefined for "no time". */
export function ntpToUtcMs(ntpNs: number | bigint): number | undefined {
  const value = BigInt(ntpNs);
  if (value === CLOCK_TIME_NONE) return undefined;
  return Number((value - NTP_EPOCH_SECONDS * 1_000_000_000n) / 1000n) / 1000;
}

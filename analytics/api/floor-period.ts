import { ApiError } from './errors.ts';
import { instantOfLocal, startOfLocalDay } from './store-day.ts';

/** A part of the past that somebody asks about, and when. */
export interface FloorPeriod {
  readonly from: Date;
  readonly to: Date;
  readonly now: Date;
}

/** An instant in UTC, or what the clocks of the store show. */
export const INSTANT_PATTERN = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?Z)?$';
const LONGEST_DAYS = 92;
const DAY_MS = 24 * 3600_000;

/**
 * Reads a period: today so far where nothing is said.
 * @throws ApiError `request.invalid`
 */
export function floorPeriod(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  timeZone: string,
  now: Date,
): FloorPeriod {
  const begins = from === undefined ? startOfLocalDay(now, timeZone) : instantOf(from, timeZone);
  const ends = to === undefined ? now : instantOf(to, timeZone);
  if (begins.getTime() >= ends.getTime()) {
    throw new ApiError('request.invalid', 'The period must begin before it ends: change "from" or "to".');
  }
  if (begins.getTime() >= now.getTime()) {
    throw new ApiError('request.invalid', 'The period begins in the future; ask about what has been.');
  }
  if (ends.getTime() - begins.getTime() > LONGEST_DAYS * DAY_MS) {
    throw new ApiError('request.invalid', `The period is longer than ${LONGEST_DAYS} days; ask in parts.`);
  }
  return { from: begins, to: ends, now };
}

function instantOf(text: string, timeZone: string): Date {
  const isUtc = text.endsWith('Z');
  const instant = isUtc ? new Date(text) : new Date(`${text}:00.000Z`);
  // 2026-02-30 is read as March by Date, or not at all.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(text.slice(0, 16))) {
    throw new ApiError('request.invalid', `${text} is not a time of the calendar.`);
  }
  return isUtc ? instant : instantOfLocal(text, timeZone);
}

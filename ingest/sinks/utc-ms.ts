const DAY_MS = 86_400_000;
/** What DateTime64 can hold: https://clickhouse.com/docs/sql-reference/data-types/datetime64 */
const YEARS = { first: 1900, last: 2299 };
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Milliseconds since 1970 of a time of the form 2026-11-22T07:46:45.123Z, whose form has been checked; null when the
 * calendar or ClickHouse's DateTime64 has no such time. `Date.parse` takes 30 February for 2 March, and twice as long.
 */
export function utcMs(text: string): number | null {
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const ms = 10 * twoDigits(text, 20) + digit(text, 22);
  const daysOfMonth = DAYS_IN_MONTH[month - 1];
  if (year < YEARS.first || year > YEARS.last || daysOfMonth === undefined || day < 1 || day > daysOfMonth) {
    return null;
  }
  if (month === 2 && day === 29 && !isLeapYear(year)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return daysSince1970(year, month, day) * DAY_MS + 3_600_000 * hour + 60_000 * minute + 1_000 * second + ms;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** http://howardhinnant.github.io/date_algorithms.html#days_from_civil, for years after 0: March is the first month. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - 400 * era;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return 146_097 * era + dayOfEra - 719_468;
}

function twoDigits(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

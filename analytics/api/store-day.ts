/** YYYY-MM-DD in a time zone. */
export function localDay(at: Date, timeZone: string): string {
  const { year, month, day } = partsOf(at, timeZone);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/**
 * The instant at which the day of `at` began in a time zone. Clocks that change in between are seen to; where they jump
 * over midnight itself, the day begins when they land.
 */
export function startOfLocalDay(at: Date, timeZone: string): Date {
  const { year, month, day } = partsOf(at, timeZone);
  const wanted = Date.UTC(year, month - 1, day);
  // The zone's offset is that of the instant looked for, which is not known yet: two rounds settle it.
  let instant = wanted - offsetMs(at, timeZone);
  instant = wanted - offsetMs(new Date(instant), timeZone);
  const found = new Date(instant);
  return localDay(found, timeZone) === localDay(at, timeZone) ? found : new Date(instant + HOUR_MS);
}

/**
 * The instant at which the clocks of a time zone show `YYYY-MM-DDTHH:MM`; where they show it twice, the first of both,
 * and where they never do, the instant that is as long after the change.
 */
export function instantOfLocal(local: string, timeZone: string): Date {
  const wanted = Date.parse(`${local}:00.000Z`);
  const offsetBefore = offsetMs(new Date(wanted - 24 * HOUR_MS), timeZone);
  const first = new Date(wanted - offsetBefore);
  const offsetThen = offsetMs(first, timeZone);
  const second = new Date(wanted - offsetThen);
  return offsetMs(second, timeZone) === offsetThen ? second : first;
}

/** Whether this is a date of the calendar: 2026-02-30 is not. */
export function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

const HOUR_MS = 3600_000;

/** What the zone's clocks show, less UTC. */
function offsetMs(at: Date, timeZone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(at, timeZone);
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return shown - Math.floor(at.getTime() / 1000) * 1000;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: Date, timeZone: string): Record<Part, number> {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of format.formatToParts(at)) {
    if (type in shown) shown[type as Part] = Number(value);
  }
  return shown;
}

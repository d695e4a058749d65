/** Says numbers and times the way people at the shop read them: in its time zone, in the reader's language. */
export interface StoreFormat {
  /** 09:05 */
  clock(time: Date): string;
  /** 09:05:07 */
  clockSeconds(time: Date): string;
  /** Sunday 22 November */
  day(time: Date): string;
  /** 09, as the axis of a chart says it. */
  hour(time: Date): string;
  /** 1,234 */
  count(value: number): string;
  /** 42 % */
  share(value: number): string;
  /** 0.314, as networks count distances. */
  distance(value: number): string;
  /** 84 ms, 1.2 s */
  latency(ms: number): string;
  /** 12 s, 4 min, 2 h 5 min */
  duration(seconds: number): string;
}

/**
 * @param locale BCP 47, e.g. `en-GB`
 * @param timeZone IANA name, e.g. `Europe/Berlin`
 */
export function createStoreFormat(locale: string, timeZone: string): StoreFormat {
  const clock = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit' });
  const clockSeconds = new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const day = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'long', day: 'numeric', month: 'long' });
  const hour = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const distance = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const milliseconds = unit(locale, 'millisecond', 0);
  const seconds = unit(locale, 'second', 0);
  const tenths = unit(locale, 'second', 1);
  const minutes = unit(locale, 'minute', 0);
  const hours = unit(locale, 'hour', 0);

  return {
    clock: (time) => clock.format(time),
    clockSeconds: (time) => clockSeconds.format(time),
    day: (time) => day.format(time),
    hour: (time) => hour.formatToParts(time).find(({ type }) => type === 'hour')?.value ?? '',
    count: (value) => count.format(value),
    share: (value) => share.format(value),
    distance: (value) => distance.format(value),
    latency: (ms) => (Math.round(ms) < 1000 ? milliseconds.format(ms) : tenths.format(ms / 1000)),
    duration(total) {
      const whole = Math.round(total);
      if (whole < 60) return seconds.format(whole);
      if (whole < 3600) return minutes.format(Math.round(whole / 60));
      const wholeMinutes = Math.round(whole / 60);
      const rest = wholeMinutes % 60;
      const start = hours.format(Math.floor(wholeMinutes / 60));
      return rest === 0 ? start : `${start} ${minutes.format(rest)}`;
    },
  };
}

function unit(locale: string, name: string, maximumFractionDigits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits,
  });
}

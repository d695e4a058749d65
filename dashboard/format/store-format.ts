/** Says numbers and times the way people at the shop read them: in its time zone. */
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
 * The page speaks English, so its days and numbers do too: in the reader's own kind of English, else the one with the
 * 24-hour clock.
 * @param preferred what the browser says, best first
 */
export function pageLocale(preferred: readonly string[]): string {
  return preferred.find((language) => /^en(-|$)/i.test(language)) ?? 'en-GB';
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
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

  return {
    clock: (time) => clock.format(time),
    clockSeconds: (time) => clockSeconds.format(time),
    day: (time) => day.format(time),
    hour: (time) => hour.formatToParts(time).find(({ type }) => type === 'hour')?.value ?? '',
    count: (value) => count.format(value),
    share: (value) => share.format(value),
    distance: (value) => distance.format(value),
    latency: (ms) => (Math.round(ms) < 1000 ? unit(whole, ms, 'ms') : unit(tenths, ms / 1000, 's')),
    duration(seconds) {
      if (Math.round(seconds) < 60) return unit(whole, seconds, 's');
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return unit(whole, minutes, 'min');
      const hours = unit(whole, Math.floor(minutes / 60), 'h');
      return minutes % 60 === 0 ? hours : `${hours} ${unit(whole, minutes % 60, 'min')}`;
    },
  };
}

/** A number and the international symbol of its unit, which are never parted by a line's end. */
function unit(format: Intl.NumberFormat, value: number, symbol: string): string {
  return `${format.format(value)}\u00a0${symbol}`;
}

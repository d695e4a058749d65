const RealDate = Date;

/**
 * Moves this process's wall clock: from now on `Date` is off by so much, for us and for every library in the process.
 * What it does not move: monotonic clocks (`performance.now`, timers), the kernel, and other processes. That is what
 * an administrator's or a time server's jump looks like to one machine of several.
 */
export function skewClock(offsetMs: number): void {
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(RealDate.now() + offsetMs);
      // Only the forms with parts (year, month, …) are left out of the types; they pass through all the same.
      else super(...(args as [number]));
    }
    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
}

import type { HourOfVisits } from '../../analytics/api/schemas/visits-by-hour.ts';

/** How an hour is shown. `no-data` and `zero` never look alike; `future` has not begun. */
export type HourKind = 'counted' | 'zero' | 'no-data' | 'future';

export interface HourBar {
  readonly startsAt: string;
  readonly kind: HourKind;
  readonly visits: number | null;
  readonly recognised: number | null;
  /** Parts of the chart's height, 0..1. */
  readonly height: number;
  readonly recognisedHeight: number;
  /** The hour that is running. */
  readonly current: boolean;
  /** The door was watched for a part of it only: there may have been more. */
  readonly partial: boolean;
}

/** Hours without data that follow each other: places of the first and the last bar. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

export interface HourChart {
  readonly bars: readonly HourBar[];
  readonly gaps: readonly Gap[];
  /** Values of the horizontal lines, from 0 to the top. */
  readonly ticks: readonly number[];
  /** Nobody came all day, as far as anybody looked. */
  readonly empty: boolean;
}

const HOUR_MS = 3600_000;
/** Less than this of an hour unwatched is a reconnect, not a gap. */
const WATCHED_ENOUGH = 0.95;

/** Lays out a day. @param asOf UTC time of the numbers */
export function hourChart(hours: readonly HourOfVisits[], asOf: string): HourChart {
  const nowMs = Date.parse(asOf);
  const ticks = niceTicks(Math.max(0, ...hours.map(({ visits }) => visits ?? 0)));
  const top = ticks.at(-1) ?? 1;
  const bars = hours.map((hour): HourBar => {
    const startMs = Date.parse(hour.startsAt);
    const { startsAt, visits, recognised } = hour;
    return {
      startsAt,
      kind: kindOf(hour, nowMs),
      visits,
      recognised,
      height: (visits ?? 0) / top,
      recognisedHeight: Math.min(visits ?? 0, recognised ?? 0) / top,
      current: startMs <= nowMs && nowMs < startMs + HOUR_MS,
      partial: visits !== null && hour.watchedShare !== null && hour.watchedShare < WATCHED_ENOUGH,
    };
  });
  return {
    bars,
    gaps: gapsOf(bars),
    ticks,
    empty: hours.every(({ visits }) => visits === null || visits === 0),
  };
}

function kindOf({ startsAt, visits }: HourOfVisits, nowMs: number): HourKind {
  if (Date.parse(startsAt) > nowMs) return 'future';
  if (visits === null) return 'no-data';
  return visits === 0 ? 'zero' : 'counted';
}

function gapsOf(bars: readonly HourBar[]): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const [place, { kind }] of bars.entries()) {
    const open = gaps.at(-1);
    if (kind !== 'no-data') continue;
    if (open?.last === place - 1) gaps[gaps.length - 1] = { first: open.first, last: place };
    else gaps.push({ first: place, last: place });
  }
  return gaps;
}

/** Two to five round steps (1, 2, 5 times a power of ten) from 0 up to the greatest value or above. */
export function niceTicks(greatest: number): readonly number[] {
  if (greatest <= 0) return [0, 1];
  const rough = greatest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    ...[1, 2, 5, 10]
      .map((times) => times * power)
      .filter((size) => size >= rough)
      .slice(0, 1),
  );
  const ticks = [0];
  for (let value = step; ticks.at(-1)! < greatest; value += step) ticks.push(value);
  return ticks;
}

/** Which part of the past is looked at. */
export type PeriodChoice = 'quarter' | 'hour' | 'today' | 'chosen';

export interface ChosenPeriod {
  /** What the clocks of the store show, as a browser's field gives it: 2026-11-22T08:46. */
  readonly from: string;
  readonly to: string;
}

export const PERIODS: readonly { readonly choice: PeriodChoice; readonly says: string }[] = [
  { choice: 'quarter', says: 'Last 15 min' },
  { choice: 'hour', says: 'Last hour' },
  { choice: 'today', says: 'Today' },
  { choice: 'chosen', says: 'From … to' },
];

const LENGTH_MS = { quarter: 15 * 60_000, hour: 3600_000 } as const;
const LOCAL_MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** What the API is asked for: empty for today; `undefined` while the chosen period is none. */
export function periodQuery(
  choice: PeriodChoice,
  chosen: ChosenPeriod,
  nowMs: number,
): { readonly from?: string; readonly to?: string } | undefined {
  switch (choice) {
    case 'today':
      return {};
    case 'chosen':
      return LOCAL_MINUTE.test(chosen.from) && LOCAL_MINUTE.test(chosen.to) && chosen.from < chosen.to
        ? chosen
        : undefined;
    default:
      return { from: new Date(nowMs - LENGTH_MS[choice]).toISOString() };
  }
}

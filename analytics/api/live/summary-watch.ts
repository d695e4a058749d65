import type { Logger } from '../../../runtime/logger.ts';
import type { Summary } from '../schemas/summary.ts';

/** How soon after an event ClickHouse is asked, and again while its sink may still be writing (a second at most). */
const SOON_MS = 300;
const SETTLING_MS = 2500;
/** Time passes without events too: visits end, days begin. */
const REGULAR_MS = 5000;

export interface SummaryWatch {
  /** Something happened that the numbers will show. */
  touch(): void;
  /** The newest answer, if there was one. */
  readonly latest: Summary | undefined;
  close(): void;
}

/**
 * Asks ClickHouse for the summary, once for all pages, soon after something happened and regularly otherwise, and tells
 * of answers that differ from the last.
 */
export function watchSummary(
  ask: () => Promise<Summary>,
  onChange: (summary: Summary) => void,
  logger: Logger,
): SummaryWatch {
  let latest: Summary | undefined;
  let touchedAtMs = 0;
  let closed = false;
  let asking = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  function schedule(delayMs: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void update(), delayMs);
    timer.unref();
  }

  async function update(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const summary = await ask();
      failing = false;
      if (differs(summary, latest)) onChange(summary);
      latest = summary;
    } catch (error) {
      // Pages learn of it when they ask; saying it once in the log is enough.
      if (!failing) logger.warn({ err: error }, 'the summary could not be asked for');
      failing = true;
    } finally {
      asking = false;
      schedule(Date.now() - touchedAtMs < SETTLING_MS ? SOON_MS : REGULAR_MS);
    }
  }

  schedule(0);
  return {
    touch() {
      const wasQuiet = Date.now() - touchedAtMs >= SETTLING_MS;
      touchedAtMs = Date.now();
      if (wasQuiet) schedule(SOON_MS);
    },
    get latest() {
      return latest;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Whether the numbers changed; the time of asking always does. */
function differs(one: Summary, other: Summary | undefined): boolean {
  if (other === undefined) return true;
  return JSON.stringify({ ...one, asOf: '' }) !== JSON.stringify({ ...other, asOf: '' });
}

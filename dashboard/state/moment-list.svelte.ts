import type { Moment } from '../../analytics/api/schemas/moment.ts';

/** A line of the stream. */
export interface MomentItem {
  readonly moment: Moment;
  /** From capture until this page had painted it; `undefined` for what was there before the page, or isn't painted yet. */
  readonly screenLatencyMs: number | undefined;
  /** Came while the page was looking. */
  readonly live: boolean;
}

const KEPT = 80;
const LATENCIES_KEPT = 50;

/** The stream of moments, newest first, each once. */
export class MomentList {
  items = $state.raw<readonly MomentItem[]>([]);
  #latencies = $state.raw<readonly number[]>([]);

  /** Takes what the API remembers; names in it are as consented now and replace older ones. */
  merge(history: readonly Moment[]): void {
    const told = history.map((moment): MomentItem => {
      const item = this.items.find((known) => known.moment.id === moment.id);
      return item ? { ...item, moment } : { moment, live: false, screenLatencyMs: undefined };
    });
    const others = this.items.filter((item) => !history.some(({ id }) => id === item.moment.id));
    this.items = newestFirst([...told, ...others]);
  }

  /**
   * Takes a moment that just came. A name whose consent was withdrawn leaves the lines that are shown already.
   * @param live it happened while the page was looking, so the time until it is painted means something
   */
  add(moment: Moment, live: boolean): void {
    if (this.items.some((item) => item.moment.id === moment.id)) return;
    const { fact } = moment;
    const before =
      fact.kind === 'consent.withdrawn' && fact.purpose === 'show-name'
        ? this.items.map((item) => withoutName(item, fact.subjectKey))
        : this.items;
    this.items = newestFirst([{ moment, live, screenLatencyMs: undefined }, ...before]);
  }

  /**
   * The browser has painted a line.
   * @param serverNowMs the time by the server's clock, so that the latency compares like with like
   */
  painted(id: string, serverNowMs: number): void {
    this.items = this.items.map((item) => {
      if (item.moment.id !== id || !item.live || item.screenLatencyMs !== undefined) return item;
      const screenLatencyMs = Math.max(0, serverNowMs - Date.parse(item.moment.capturedAt));
      this.#latencies = [...this.#latencies, screenLatencyMs].slice(-LATENCIES_KEPT);
      return { ...item, screenLatencyMs };
    });
  }

  /** The middle one of the last latencies; `undefined` until one was measured. */
  get medianLatencyMs(): number | undefined {
    const sorted = [...this.#latencies].sort((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  }

  get measured(): number {
    return this.#latencies.length;
  }
}

function newestFirst(items: readonly MomentItem[]): readonly MomentItem[] {
  return [...items]
    .sort((one, other) => other.moment.capturedAt.localeCompare(one.moment.capturedAt))
    .slice(0, KEPT);
}

function withoutName(item: MomentItem, subjectKey: string): MomentItem {
  const { fact } = item.moment;
  if (fact.kind !== 'visit.identified' || fact.subjectKey !== subjectKey) return item;
  return { ...item, moment: { ...item.moment, fact: { ...fact, name: null } } };
}

/** How often values of which size came, as Prometheus counts: each bucket holds all values up to its bound. */
export interface Histogram {
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

export interface HistogramCounter {
  observe(value: number): void;
  read(): Histogram;
}

/** @param bounds ascending; larger values count in `count` and `sum` alone */
export function createHistogram(bounds: readonly number[]): HistogramCounter {
  const counts = bounds.map(() => 0);
  let count = 0;
  let sum = 0;
  return {
    observe(value) {
      count += 1;
      sum += value;
      bounds.forEach((bound, index) => {
        if (value <= bound) counts[index]! += 1;
      });
    },
    read: () => ({ buckets: bounds.map((upTo, index) => ({ upTo, count: counts[index]! })), count, sum }),
  };
}

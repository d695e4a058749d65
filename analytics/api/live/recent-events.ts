/** The last events in order, so that a page that lost its connection for a moment misses nothing. */
export interface RecentEvents<Event extends { readonly id: string }> {
  add(event: Event): void;
  /** What came after that id, oldest first; `undefined` when the id is not (or no more) known. */
  after(id: string): readonly Event[] | undefined;
  /** The newest ones, oldest first. */
  latest(count: number): readonly Event[];
}

/** @param capacity how many are kept */
export function createRecentEvents<Event extends { readonly id: string }>(
  capacity: number,
): RecentEvents<Event> {
  const kept: Event[] = [];
  return {
    add(event) {
      kept.push(event);
      if (kept.length > capacity) kept.shift();
    },
    after(id) {
      const place = kept.findIndex((event) => event.id === id);
      return place < 0 ? undefined : kept.slice(place + 1);
    },
    latest: (count) => kept.slice(Math.max(0, kept.length - count)),
  };
}

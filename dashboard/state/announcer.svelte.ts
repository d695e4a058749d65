/** Screen readers hear at most one sentence of this kind in so long: a busy door would never let them finish. */
export const QUIET_MS = 15_000;

/** What a screen reader is told: what matters at once, the stream of visitors in sums. */
export class Announcer {
  message = $state('');
  readonly #sayVisits: (count: number) => string;
  #visits = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param sayVisits e.g. `2 new visitors` */
  constructor(sayVisits: (count: number) => string) {
    this.#sayVisits = sayVisits;
  }

  /** Said now: a camera was lost, the connection is back. */
  announce(message: string): void {
    this.message = message;
  }

  /** Counted, and said together with the others of the next seconds. */
  visit(): void {
    this.#visits++;
    this.#timer ??= setTimeout(() => {
      this.message = this.#sayVisits(this.#visits);
      this.#visits = 0;
      this.#timer = undefined;
    }, QUIET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

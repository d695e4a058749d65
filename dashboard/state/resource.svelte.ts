/** What went wrong, for a person. */
export interface Failure {
  readonly title: string;
  readonly detail: string | undefined;
  /** The API's code, e.g. `analytics.unavailable`; `unreachable` when there was no answer at all. */
  readonly code: string;
}

/**
 * Something that is asked of the API: not there yet, there, there but old because the last try failed, or not there
 * because it failed.
 */
export class Resource<Value> {
  value = $state.raw<Value>();
  failure = $state.raw<Failure>();
  readonly #ask: () => Promise<Value>;
  readonly #explain: (thrown: unknown) => Failure;
  #run = 0;

  constructor(ask: () => Promise<Value>, explain: (thrown: unknown) => Failure) {
    this.#ask = ask;
    this.#explain = explain;
  }

  get state(): 'loading' | 'ready' | 'stale' | 'failed' {
    if (this.value === undefined) return this.failure === undefined ? 'loading' : 'failed';
    return this.failure === undefined ? 'ready' : 'stale';
  }

  /** Takes a value that came by itself. */
  set(value: Value): void {
    this.#run++;
    this.value = value;
    this.failure = undefined;
  }

  /** Forgets what was there: something else is asked for from now on. */
  clear(): void {
    this.#run++;
    this.value = undefined;
    this.failure = undefined;
  }

  /** Asks; an answer that a later question or value overtook is dropped. Never rejects. */
  async load(): Promise<void> {
    const run = ++this.#run;
    try {
      const value = await this.#ask();
      if (run === this.#run) this.set(value);
    } catch (thrown) {
      if (run === this.#run) this.failure = this.#explain(thrown);
    }
  }
}

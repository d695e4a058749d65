import type { DeadLetters, ReplayOutcome } from '../../analytics/api/schemas/dead-letter.ts';
import { Resource, type Failure } from './resource.svelte.ts';

/** What a person wants to put back. */
export type ReplayWish =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'reason'; readonly reason: string; readonly count: number }
  | { readonly kind: 'all'; readonly count: number };

export interface DeadLetterPileDeps {
  readonly api: {
    deadLetters(): Promise<DeadLetters>;
    replayDeadLetters(wish: ReplayWish): Promise<ReplayOutcome>;
  };
  readonly explain: (thrown: unknown) => Failure;
  readonly announce: (message: string) => void;
}

/** A record that is put back and refused again is a letter again after so long, most often. */
const LOOK_AGAIN_MS = [1000, 3000];

/** What was set aside, and what a person does about it: wish, confirm, see what came of it. */
export class DeadLetterPile {
  readonly letters: Resource<DeadLetters>;
  /** Waits for a yes or a no. */
  wish = $state.raw<ReplayWish>();
  busy = $state(false);
  outcome = $state.raw<string>();
  readonly #deps: DeadLetterPileDeps;
  /** Letters that were there before the last replay; what comes after it and was one of them was refused again. */
  #before: readonly string[] | undefined;
  #putBack = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(deps: DeadLetterPileDeps) {
    this.#deps = deps;
    this.letters = new Resource(() => deps.api.deadLetters(), deps.explain);
  }

  async load(): Promise<void> {
    await this.letters.load();
    const before = this.#before;
    const again = this.letters.value?.deadLetters.filter(
      ({ id, replayOf }) => replayOf !== null && before?.includes(id) === false,
    );
    const [first] = again ?? [];
    if (again === undefined || first === undefined) return;
    this.#say(`${this.#putBack} put back, ${again.length} again refused: ${first.reason}`);
  }

  ask(wish: ReplayWish): void {
    this.wish = wish;
  }

  cancel(): void {
    this.wish = undefined;
  }

  /** Does what was wished. Never rejects. */
  async confirm(): Promise<void> {
    const wish = this.wish;
    this.wish = undefined;
    if (wish === undefined || this.busy) return;
    this.busy = true;
    const before = (this.letters.value?.deadLetters ?? []).map(({ id }) => id);
    try {
      const { replayed, skipped, why } = await this.#deps.api.replayDeadLetters(wish);
      this.#before = before;
      this.#putBack = replayed;
      this.#say(
        skipped === 0 ? `${replayed} put back` : `${replayed} put back, ${skipped} left: ${why.join('; ')}`,
      );
      this.stop();
      this.#timers = LOOK_AGAIN_MS.map((delayMs) => setTimeout(() => void this.load(), delayMs));
      await this.load();
    } catch (thrown) {
      const { title, detail } = this.#deps.explain(thrown);
      this.#say(`Nothing is known to be put back: ${detail ?? title}`);
    } finally {
      this.busy = false;
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #say(message: string): void {
    if (message === this.outcome) return;
    this.outcome = message;
    this.#deps.announce(message);
  }
}

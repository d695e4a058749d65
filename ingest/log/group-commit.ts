/**
 * Group commit: writes that are asked for while the disk is busy, or within one turn of the event loop, share one
 * transaction and so one wait for the disk (DeWitt et al., "Implementation Techniques for Main Memory Database
 * Systems", SIGMOD 1984).
 */
export interface GroupCommit {
  /** Runs `work` in a shared transaction. Resolves with its result when that is durable; rejects when it was rolled back. */
  write<Result>(size: number, work: () => Result): Promise<Result>;
  /** Resolves when everything that was asked for before is settled. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly size: number;
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** So many records at most share a transaction: about 50 ms in which the event loop stands still. */
const TRANSACTION_RECORDS = 2000;

/**
 * @param transaction runs a function in one durable transaction and throws when it was rolled back
 * @param afterCommit called after each transaction, before its writers hear of it
 */
export function createGroupCommit(
  transaction: (work: () => void) => void,
  afterCommit: () => void,
): GroupCommit {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let drained: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // setImmediate comes after all input of this turn: whoever was woken by it gets into the same transaction.
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    const group = takeGroup();
    const results: unknown[] = [];
    try {
      transaction(() => {
        for (const { work } of group) results.push(work());
      });
      afterCommit();
      group.forEach(({ resolve }, index) => resolve(results[index]));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    if (waiting.length > 0) {
      schedule();
    } else {
      const listeners = drained;
      drained = [];
      for (const listener of listeners) listener();
    }
  }

  function takeGroup(): Waiting[] {
    let size = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || size + waiting[count]!.size <= TRANSACTION_RECORDS)) {
      size += waiting[count]!.size;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  }

  return {
    write<Result>(size: number, work: () => Result) {
      return new Promise<Result>((resolve, reject) => {
        // The result that comes back is the one that this very `work` returned.
        waiting.push({ size, work, resolve: (result) => resolve(result as Result), reject });
        schedule();
      });
    },
    drain() {
      if (waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        drained.push(resolve);
      });
    },
  };
}

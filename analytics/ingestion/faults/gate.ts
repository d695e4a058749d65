/** Runs that share the servers side by side, and runs that break a server and want it for themselves. */
export interface Gate {
  shared<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  exclusive<Answer>(work: () => Promise<Answer>): Promise<Answer>;
}

export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    async shared(work) {
      // Whoever waits for the servers alone comes first, or it would never get them.
      await last;
      const working = work();
      const settled = working.then(
        () => undefined,
        () => undefined,
      );
      inside.add(settled);
      void settled.then(() => inside.delete(settled));
      return working;
    },
    async exclusive(work) {
      const before = last;
      const turn = before.then(async () => {
        while (inside.size > 0) await Promise.all(inside);
        return work();
      });
      last = turn.then(
        () => undefined,
        () => undefined,
      );
      return turn;
    },
  };
}

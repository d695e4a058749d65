import { setTimeout as sleep } from 'node:timers/promises';
import { mayPass } from './errors.ts';

const PAUSE_MS = { first: 50, most: 500 };

/**
 * Asks again while the answer may still come: a broker that restarts, a coordinator that loads, a leader that is elected.
 * @throws what the last attempt threw
 */
export async function patiently<Answer>(
  limitMs: number,
  ask: () => Promise<Answer>,
  isWorthAsking: (thrown: unknown) => boolean = mayPass,
): Promise<Answer> {
  const until = Date.now() + limitMs;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most)) {
    try {
      return await ask();
    } catch (error) {
      if (!isWorthAsking(error) || Date.now() + pauseMs > until) throw error;
      await sleep(pauseMs);
    }
  }
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetterLine, DeadLetters, ReplayOutcome } from '../../analytics/api/schemas/dead-letter.ts';
import { DeadLetterPile, type ReplayWish } from './dead-letter-pile.svelte.ts';

const NEWER = 'expected version 1, found version 2: a newer release wrote it';
const letter = (offset: number, replayOf: string | null = null): DeadLetterLine => ({
  id: `t/0/${offset}`,
  reason: NEWER,
  eventType: 'visit.started',
  refusedAt: '2026-11-22T09:00:00.000Z',
  sizeBytes: 300,
  replayedAt: null,
  replayOf,
});
const pileOf = (...deadLetters: DeadLetterLine[]): DeadLetters => ({
  waiting: deadLetters.length,
  older: 0,
  reasons: [{ reason: NEWER, waiting: deadLetters.length }],
  moreReasons: 0,
  deadLetters,
  next: null,
});

let there: DeadLetters;
let answer: () => Promise<ReplayOutcome>;
let wishes: ReplayWish[];
let said: string[];
let pile: DeadLetterPile;

beforeEach(async () => {
  vi.useFakeTimers();
  there = pileOf(letter(8), letter(7));
  answer = () => Promise.resolve({ replayed: 1, skipped: 0, why: [] });
  wishes = [];
  said = [];
  pile = new DeadLetterPile({
    api: {
      deadLetters: () => Promise.resolve(there),
      replayDeadLetters: (wish) => {
        wishes.push(wish);
        return answer();
      },
    },
    explain: (thrown) => ({ title: String(thrown), detail: undefined, code: 'unreachable' }),
    announce: (message) => said.push(message),
  });
  await pile.load();
});
afterEach(() => {
  pile.stop();
  vi.useRealTimers();
});

describe('putting a letter back', () => {
  it('asks first, and a no does nothing', async () => {
    pile.ask({ kind: 'one', id: 't/0/7' });
    expect(pile.wish).toEqual({ kind: 'one', id: 't/0/7' });
    pile.cancel();
    await pile.confirm();
    expect(wishes).toEqual([]);
  });

  it('tells that it is back, and shows what is left', async () => {
    pile.ask({ kind: 'one', id: 't/0/7' });
    const done = pile.confirm();
    expect([pile.busy, pile.wish]).toEqual([true, undefined]);
    there = pileOf(letter(8));
    await done;
    expect([pile.busy, pile.outcome, pile.letters.value?.waiting]).toEqual([false, '1 put back', 1]);
    expect(said).toEqual(['1 put back']);
  });

  it('tells when it was refused again, and why', async () => {
    pile.ask({ kind: 'one', id: 't/0/7' });
    there = pileOf(letter(8));
    await pile.confirm();
    there = pileOf(letter(30, 't/0/7'), letter(8));
    await vi.advanceTimersByTimeAsync(1000);
    expect(pile.outcome).toBe(`1 put back, 1 again refused: ${NEWER}`);
    await vi.advanceTimersByTimeAsync(2000);
    expect(said).toEqual(['1 put back', `1 put back, 1 again refused: ${NEWER}`]);
  });

  it('tells why some were left', async () => {
    answer = () => Promise.resolve({ replayed: 0, skipped: 1, why: ['replayed on 2026-11-22'] });
    pile.ask({ kind: 'all', count: 2 });
    await pile.confirm();
    expect(pile.outcome).toBe('0 put back, 1 left: replayed on 2026-11-22');
  });

  it('does not claim anything when there was no answer', async () => {
    answer = () => Promise.reject(new Error('gone'));
    pile.ask({ kind: 'all', count: 2 });
    await pile.confirm();
    expect(pile.outcome).toBe('Nothing is known to be put back: Error: gone');
    expect(pile.busy).toBe(false);
  });
});

it('does not take an old second refusal for news', async () => {
  there = pileOf(letter(30, 't/0/7'));
  await pile.load();
  expect(pile.outcome).toBeUndefined();
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer, QUIET_MS } from './announcer.svelte.ts';

describe('what a screen reader is told', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hears visitors in sums, not one by one', () => {
    const announcer = new Announcer((count) => `${count} came`);
    announcer.visit();
    announcer.visit();
    expect(announcer.message).toBe('');
    vi.advanceTimersByTime(QUIET_MS);
    expect(announcer.message).toBe('2 came');
    announcer.visit();
    vi.advanceTimersByTime(QUIET_MS);
    expect(announcer.message).toBe('1 came');
  });

  it('hears at once what matters', () => {
    const announcer = new Announcer(String);
    announcer.announce('Camera front-door was lost');
    expect(announcer.message).toBe('Camera front-door was lost');
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent } from '../../analytics/api/schemas/live.ts';
import { LiveFeed, SILENCE_LIMIT_MS, type LiveSourceHandlers } from './live-feed.svelte.ts';

const heartbeat: LiveEvent = { name: 'heartbeat', data: { serverTimeMs: 1 } };

/** A connection in the hand of the test. */
interface Line {
  readonly lastEventId: string | undefined;
  readonly handlers: LiveSourceHandlers;
  open: boolean;
}

describe('the live feed', () => {
  let lines: Line[];
  let connected: boolean[];
  let feed: LiveFeed;
  const line = () => lines.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    connected = [];
    feed = new LiveFeed({
      open: (lastEventId, handlers) => {
        const opened: Line = { lastEventId, handlers, open: true };
        lines.push(opened);
        return { close: () => (opened.open = false) };
      },
      onEvent: () => undefined,
      onConnected: (again) => connected.push(again),
    });
    feed.start();
  });
  afterEach(() => {
    feed.stop();
    vi.useRealTimers();
  });

  it('is live with the first event, not before', () => {
    expect(feed.state).toBe('connecting');
    line().handlers.event(heartbeat, undefined);
    expect(feed.state).toBe('live');
    expect(connected).toEqual([false]);
  });

  it('comes back by itself and asks for what it missed', () => {
    line().handlers.event(heartbeat, 'moment-7');
    line().handlers.broken();
    expect(feed.state).toBe('lost');
    expect(line().open).toBe(false);
    vi.advanceTimersByTime(500);
    expect(lines).toHaveLength(2);
    expect(line().lastEventId).toBe('moment-7');
    line().handlers.event(heartbeat, undefined);
    expect(feed.state).toBe('live');
    expect(connected).toEqual([false, true]);
  });

  it('waits longer after each failure, and no longer than eight seconds', () => {
    for (const waitMs of [500, 1000, 2000, 4000, 8000, 8000]) {
      const before = lines.length;
      line().handlers.broken();
      vi.advanceTimersByTime(waitMs - 1);
      expect(lines).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(lines).toHaveLength(before + 1);
    }
  });

  it('takes silence for a dead line', () => {
    line().handlers.event(heartbeat, undefined);
    vi.advanceTimersByTime(SILENCE_LIMIT_MS - 1);
    expect(feed.state).toBe('live');
    vi.advanceTimersByTime(1);
    expect(feed.state).toBe('lost');
  });

  it('tries at once when asked', () => {
    line().handlers.broken();
    feed.retryNow();
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(500);
    expect(lines).toHaveLength(2);
  });

  it('stays silent when stopped', () => {
    line().handlers.broken();
    feed.stop();
    vi.advanceTimersByTime(60_000);
    feed.retryNow();
    expect(lines).toHaveLength(1);
  });
});

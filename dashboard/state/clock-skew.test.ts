import { describe, expect, it } from 'vitest';
import { clockSkew, type ClockSample } from './clock-skew.ts';

/** A question of so long a way, half each, to a server whose clock is ahead by so much. */
const asked = (roundTripMs: number, aheadMs: number): ClockSample => ({
  sentMs: 1000,
  serverMs: 1000 + roundTripMs / 2 + aheadMs,
  receivedMs: 1000 + roundTripMs,
});

describe('comparing the clocks of browser and server', () => {
  it('knows nothing without a sample', () => {
    expect(clockSkew([])).toBeUndefined();
  });

  it.each([
    // what, samples, offset, uncertainty
    ['one machine, one clock', [asked(4, 0)], 0, 2],
    ['an offset within the uncertainty proves nothing', [asked(10, 4)], 0, 5],
    ['an offset beyond it is real', [asked(10, 300)], 300, 5],
    ['the browser is ahead', [asked(10, -300)], -300, 5],
    ['the shortest way is the most certain', [asked(400, 150), asked(6, 300), asked(80, 310)], 300, 3],
  ])('%s', (_what, samples, offsetMs, uncertaintyMs) => {
    expect(clockSkew(samples)).toEqual({ offsetMs, uncertaintyMs });
  });

  it('forgets old samples: clocks drift', () => {
    const recent = Array.from({ length: 8 }, () => asked(20, 500));
    expect(clockSkew([asked(2, 0), ...recent])).toEqual({ offsetMs: 500, uncertaintyMs: 10 });
  });
});

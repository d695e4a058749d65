import type { Moment } from '../vision/moments/moment.ts';
import type { Presence } from '../vision/moments/presence.ts';
import type { FloorSample } from './floor-comparison.ts';

type PresenceEvent = ReturnType<Presence['handle']>[number];

export interface Played {
  readonly samples: readonly FloorSample[];
  readonly events: readonly PresenceEvent[];
}

/** The page asks for the floor when a second is over; cameras have told of it by then. */
const SAMPLE_SECONDS = 1;
/** What cameras of a live shop are behind. */
const BEHIND_MS = 400;

/**
 * Plays what cameras told to presence, in the order of their time, as if it happened now, and asks every second where
 * everybody is.
 */
export function playFloor(
  moments: readonly Moment[],
  presence: Presence,
  { startedAtMs, seconds }: { readonly startedAtMs: number; readonly seconds: number },
): Played {
  const samples: FloorSample[] = [];
  const events: PresenceEvent[] = [];
  let next = SAMPLE_SECONDS;
  const sampleUntil = (atMs: number): void => {
    for (; next <= seconds && startedAtMs + next * 1000 + BEHIND_MS <= atMs; next += SAMPLE_SECONDS) {
      const nowMs = startedAtMs + next * 1000;
      events.push(...presence.endOverdue(nowMs));
      const people = presence.snapshot(nowMs)?.people ?? [];
      samples.push({ seconds: next, people });
    }
  };
  for (const moment of moments.toSorted((one, other) => one.atMs - other.atMs)) {
    sampleUntil(moment.atMs);
    events.push(...presence.handle(moment));
  }
  sampleUntil(Infinity);
  return { samples, events };
}

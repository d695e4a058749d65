import type { LiveEvent } from '../analytics/api/schemas/live.ts';

/** Every kind of live event. A record, so that the compiler misses none. */
const NAMES: Readonly<Record<LiveEvent['name'], true>> = {
  moment: true,
  summary: true,
  overlay: true,
  picture: true,
  camera: true,
  floor: true,
  reset: true,
  heartbeat: true,
};

export const LIVE_EVENT_NAMES = Object.keys(NAMES) as readonly LiveEvent['name'][];

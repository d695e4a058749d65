import type { AnyEvent } from '../../../ingest/events/registry.ts';
import { shopDay } from '../shop-day.ts';
import type { Random } from './random.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const OPENING = new Date('2026-11-22T08:50:00.000Z');

/** A day of the shop whose ids follow from the seed: the same run has the same events in the same partitions. */
export function seededDay(random: Random, visits: number): readonly AnyEvent[] {
  const known = new Map<string, string>();
  const seeded = (id: string): string => {
    const given = known.get(id) ?? random.uuid();
    known.set(id, given);
    return given;
  };
  return shopDay(visits, OPENING).map((event) => {
    // The ids stand in several fields; renamed in the text they stay the same everywhere.
    const text = JSON.stringify(event).replace(UUID, seeded);
    return JSON.parse(text) as AnyEvent; // the event it was, with other ids
  });
}

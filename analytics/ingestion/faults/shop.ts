import { createEvent } from '../../../ingest/events/envelope.ts';
import { QueueJoined } from '../../../ingest/events/queue-joined.ts';
import { QueueLeft } from '../../../ingest/events/queue-left.ts';
import type { AnyEvent } from '../../../ingest/events/registry.ts';
import { VisitPositionSampled } from '../../../ingest/events/visit-position-sampled.ts';
import { ZoneEntered } from '../../../ingest/events/zone-entered.ts';
import { ZoneLeft } from '../../../ingest/events/zone-left.ts';
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
  const day = shopDay(visits, OPENING).flatMap((event) =>
    event.type === 'visit.started' ? [event, ...walk(event.visitid, new Date(event.time))] : [event],
  );
  return day.map((event) => {
    // The ids stand in several fields; renamed in the text they stay the same everywhere.
    const text = JSON.stringify(event).replace(UUID, seeded);
    return JSON.parse(text) as AnyEvent; // the event it was, with other ids
  });
}

/** Where a visitor went: every fact that a table of the floor is fed by, and a second in which two samples fall into one cell. */
function walk(visitid: string | undefined, started: Date): readonly AnyEvent[] {
  if (visitid === undefined) throw new Error('A visit has started without an id.');
  const after = (seconds: number) => ({
    source: '/stores/demo',
    subject: `stores/demo/visits/${visitid}`,
    time: new Date(started.getTime() + 1_000 * seconds),
    storeId: 'demo',
    visitId: visitid,
  });
  const sample = (seconds: number, acrossMetres: number, downMetres: number): AnyEvent =>
    createEvent(VisitPositionSampled, {
      ...after(seconds),
      data: { place: { acrossMetres, downMetres }, accuracyMetres: 0.2, zones: [], simulated: true },
    });
  return [
    sample(1, 1.1, 2.1),
    sample(1.5, 1.2, 2.2),
    sample(2, 1.1, 2.1),
    createEvent(ZoneEntered, { ...after(3), data: { zone: 'coats', kind: 'area', simulated: true } }),
    createEvent(ZoneLeft, {
      ...after(33),
      data: { zone: 'coats', kind: 'area', dwellSeconds: 30, simulated: true },
    }),
    sample(34, 5.6, 4.9),
    createEvent(QueueJoined, { ...after(40), data: { queue: 'till', length: 2, simulated: true } }),
    createEvent(QueueLeft, {
      ...after(70),
      data: { queue: 'till', waitSeconds: 30, served: true, length: 1, simulated: true },
    }),
  ];
}

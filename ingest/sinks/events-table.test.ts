import { describe, expect, test } from 'vitest';
import { EVENT_CONTRACTS } from '../events/registry.ts';
import { VisitStarted } from '../events/visit-started.ts';
import { EVENTS_COLUMNS, eventsRow } from './events-table.ts';

const origin = { topic: 'store.presence.v1', partition: 3, offset: 417 };
const columnsOf = (event: Parameters<typeof eventsRow>[0]) => eventsRow(event, origin);

describe('an event as a row of the events table', () => {
  test.each(EVENT_CONTRACTS.map(({ type, version, example }) => [type, version, example] as const))(
    '%s, version %i',
    (type, version, event) => {
      const row = columnsOf(event);
      expect(row).toMatchObject({
        event_id: event.id,
        type,
        version,
        store_id: 'demo',
        visit_id: event.visitid ?? null,
        subject_key: 'subjectKey' in event.data ? event.data.subjectKey : null,
        time: event.time,
        recorded_time: event.recordedtime,
        ...origin,
      });
      expect(JSON.parse(row.data)).toEqual(event.data);
      expect(Object.keys(row)).toEqual(EVENTS_COLUMNS);
    },
  );

  test('keeps attributes that the envelope of this release does not have, in a column of their own', () => {
    const event = { ...VisitStarted.example, traceparent: '00-1', deviceclass: 3 };
    expect(JSON.parse(columnsOf(event).extensions)).toEqual({
      traceparent: '00-1',
      deviceclass: 3,
    });
    expect(columnsOf(VisitStarted.example).extensions).toBe('');
  });

  test('keeps an attribute that bears the name of a property that every object has', () => {
    const event = JSON.parse(
      `{ ${JSON.stringify(VisitStarted.example).slice(1, -1)}, "constructor": "x", "__proto__": "y" }`,
    ) as typeof VisitStarted.example;
    expect(columnsOf(event).extensions).toBe('{"constructor":"x","__proto__":"y"}');
  });
});

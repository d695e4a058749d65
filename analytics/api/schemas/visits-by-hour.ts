import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { UtcTime } from './time.ts';

/** One hour of the store's day. */
export const HourOfVisits = Type.Object({
  startsAt: UtcTime,
  visits: Nullable(Type.Integer({ minimum: 0, description: 'null: no camera saw the door in this hour' })),
  recognised: Nullable(Type.Integer({ minimum: 0 })),
  watchedShare: Nullable(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'how much of the hour, as far as it has passed, a door camera watched; null: it has not begun',
    }),
  ),
});
export type HourOfVisits = Type.Static<typeof HourOfVisits>;

/** A day of the store, hour by hour in its time zone (23 or 25 hours when the clocks change). */
export const VisitsByHour = Type.Object(
  {
    asOf: UtcTime,
    day: Type.String({ description: "date in the store's time zone, YYYY-MM-DD" }),
    timeZone: Type.String(),
    hours: Type.Array(HourOfVisits),
  },
  { title: 'VisitsByHour' },
);
export type VisitsByHour = Type.Static<typeof VisitsByHour>;

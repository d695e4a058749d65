import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { UtcTime } from './time.ts';

const Milliseconds = Type.Object({
  p50Ms: Type.Number({ description: 'half of the events were faster' }),
  p95Ms: Type.Number({ description: '95 of 100 events were faster' }),
});

/** How long things took from the camera's capture. */
export const CaptureLatency = Type.Object({
  events: Type.Integer({ minimum: 1, description: 'how many events of the last 15 minutes were measured' }),
  recorded: Milliseconds,
  stored: Milliseconds,
});
export type CaptureLatency = Type.Static<typeof CaptureLatency>;

/** A share with what it was made of: nobody should have to trust a percentage alone. */
export const Share = Type.Object({
  numerator: Type.Integer({ minimum: 0 }),
  denominator: Type.Integer({ minimum: 0 }),
  share: Nullable(Type.Number({ minimum: 0, maximum: 1, description: 'null when the denominator is 0' })),
});
export type Share = Type.Static<typeof Share>;

/** The shop just now, asked of ClickHouse. `null` means "no data", not zero. */
export const Summary = Type.Object(
  {
    asOf: UtcTime,
    day: Type.String({ description: "today's date in the store's time zone, YYYY-MM-DD" }),
    doorWatched: Type.Boolean({
      description: 'a door camera delivers pictures now; when not, footfall is what it was until then',
    }),
    footfall: Nullable(Type.Integer({ minimum: 0, description: 'people who came in today' })),
    occupancy: Nullable(Type.Integer({ minimum: 0, description: 'visits that have not ended' })),
    recognised: Nullable(
      Type.Object({
        ofLane: Share,
        ofVisits: Share,
      }),
    ),
    latency: Nullable(CaptureLatency),
  },
  { title: 'Summary' },
);
export type Summary = Type.Static<typeof Summary>;

import { Type } from 'typebox';
import { Nullable } from './nullable.ts';

/** Opening and closing time of one weekday in the store's time zone; `null`: closed or not said. */
const DayHours = Nullable(
  Type.Object({
    opens: Type.String({ description: 'HH:MM' }),
    closes: Type.String({ description: 'HH:MM, 24:00 for midnight' }),
  }),
);

/** A network in use, and why it was chosen: what the page tells the operator. */
export const NetworkInUse = Type.Object({
  task: Type.String({ description: 'what it does, e.g. "face detection"' }),
  name: Type.String({ description: 'its name in the catalogue, e.g. yunet' }),
  why: Type.String({ description: 'why this one and not another' }),
});
export type NetworkInUse = Type.Static<typeof NetworkInUse>;

/** The shop whose numbers these are. */
export const Store = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    timeZone: Type.String({ description: 'IANA name; every hour and day on the page is in this zone' }),
    currency: Type.String({ description: 'ISO 4217' }),
    openingHours: Type.Object({
      monday: DayHours,
      tuesday: DayHours,
      wednesday: DayHours,
      thursday: DayHours,
      friday: DayHours,
      saturday: DayHours,
      sunday: DayHours,
    }),
    simulated: Type.Boolean({ description: 'true when its cameras are simulated: nobody was really there' }),
    networks: Type.Array(NetworkInUse),
    floor: Type.Boolean({ description: 'ceiling cameras watch the floor, so there is a plan to ask for' }),
  },
  { title: 'Store' },
);
export type Store = Type.Static<typeof Store>;

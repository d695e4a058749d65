import { Type, type TSchema } from 'typebox';

/** A UTC time to the millisecond, e.g. 2026-11-22T07:46:45.123Z, in parameters and in rows. */
export const UtcTime = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export const StoreName = Type.String({ description: 'store id of the configuration' });
export const TimeZone = Type.String({ description: 'IANA name, e.g. Europe/Berlin' });
export const LocalDay = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: "a date in the store's time zone",
});
export const DoorCameras = Type.Array(Type.String(), {
  minItems: 1,
  description: 'ids of the cameras with purpose door',
});
export const Count = Type.Integer({ minimum: 0 });
/** `null` says "no data", which is not zero. */
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

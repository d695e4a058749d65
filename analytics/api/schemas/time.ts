import { Type } from 'typebox';

/** A UTC time to the millisecond, e.g. 2026-11-22T07:46:45.123Z. */
export const UtcTime = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  description: 'ISO 8601, UTC, milliseconds',
});
export type UtcTime = Type.Static<typeof UtcTime>;

/** Milliseconds since 1970, UTC, as cameras and clocks count them. */
export const EpochMs = Type.Number({ description: 'milliseconds since 1970, UTC' });
export type EpochMs = Type.Static<typeof EpochMs>;

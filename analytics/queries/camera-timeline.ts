import { Type } from 'typebox';
import { CameraState } from './camera-states.ts';
import { Nullable, StoreName, UtcTime } from './columns.ts';
import { defineQuery } from './query.ts';

/** What became of each camera in [from, to): one row a stretch, with the stretch that reaches into it. */
export const cameraTimeline = defineQuery({
  name: 'camera-timeline',
  definition: `Stretches of a camera's state. A stretch lasts until the next event of the same camera; until is null for the one
that still lasts. A stretch of connected or recovered that is followed by connected was cut short by a stop of the store
at an unknown time (next = connected): how long the camera delivered is not known.`,
  params: Type.Object({ storeId: StoreName, from: UtcTime, to: UtcTime }),
  row: Type.Object({
    cameraId: Type.String(),
    state: CameraState,
    since: UtcTime,
    until: Nullable(UtcTime),
    next: Nullable(CameraState),
    reason: Nullable(Type.String()),
    detail: Nullable(Type.String()),
  }),
  sql: `
SELECT camera_id, state, since, until, next, reason, detail
FROM (
  SELECT
    camera_id,
    state,
    time AS since,
    leadInFrame(toNullable(time)) OVER following AS until,
    leadInFrame(toNullable(toString(state))) OVER following AS next,
    reason,
    detail
  FROM camera_events
  WHERE store_id = {storeId:String} AND time < {to:DateTime64(3, 'UTC')}
  WINDOW following AS (
    PARTITION BY camera_id ORDER BY time, event_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
  )
)
WHERE until IS NULL OR until > {from:DateTime64(3, 'UTC')}
ORDER BY camera_id, since`,
});

import { Type } from 'typebox';
import { Nullable, StoreName, UtcTime } from './columns.ts';
import { defineQuery } from './query.ts';

export const CameraState = Type.Union([
  Type.Literal('connected'),
  Type.Literal('lost'),
  Type.Literal('recovered'),
]);

/** The last that was heard of each camera: one row a camera. */
export const cameraStates = defineQuery({
  name: 'camera-states',
  definition: `The last event of each camera: connected and recovered deliver frames, lost does not (its numbers are unknown,
not zero). A camera that was never heard of has no row.`,
  params: Type.Object({ storeId: StoreName }),
  row: Type.Object({
    cameraId: Type.String(),
    state: CameraState,
    since: UtcTime,
    reason: Nullable(Type.String()),
    detail: Nullable(Type.String()),
  }),
  sql: `
SELECT camera_id, state, time AS since, reason, detail
FROM camera_events
WHERE store_id = {storeId:String}
ORDER BY camera_id, time DESC, event_id DESC
LIMIT 1 BY camera_id`,
});

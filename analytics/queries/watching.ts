/**
 * Since when and until when cameras watched, as common table expressions for the questions that must tell zero from
 * "no data". Parameters: storeId, at.
 *
 * A stretch begins when a camera connects or recovers. It ends
 * - when the camera is lost;
 * - with the last visitor seen, when the next thing heard is that the camera connected: the store was switched off or
 *   killed in between, nobody wrote down when, and the last visitor is the last proof that somebody was looking;
 * - not yet (at `at`), when nothing else was heard: whoever asks is told that a running store asks.
 */
function watching(cameras: string, sightings: string): string {
  return `
  (
    SELECT groupArray(last_seen_at)
    FROM (${sightings})
  ) AS sightings,
  stretches AS (
    SELECT
      camera_id,
      time AS since,
      state,
      leadInFrame(toNullable(time)) OVER following AS next_time,
      leadInFrame(toNullable(toString(state))) OVER following AS next_state
    FROM camera_events
    WHERE store_id = {storeId:String}
      AND has({${cameras}:Array(String)}, camera_id)
      AND time < {at:DateTime64(3, 'UTC')}
    WINDOW following AS (
      PARTITION BY camera_id ORDER BY time, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
  )`;
}

const UNTIL = `
        multiIf(
          next_time IS NULL, {at:DateTime64(3, 'UTC')},
          next_state != 'connected', assumeNotNull(next_time),
          arrayMax(arrayPushBack(
            arrayFilter(seen -> seen > since AND seen < assumeNotNull(next_time), sightings),
            since
          ))
        )`;

/** Of the door: gives `watched`, an array of (since, until), one a camera and stretch. Parameter: doorCameras. */
export const WATCHED = `${watching(
  'doorCameras',
  `
      SELECT max(last_seen_at) AS last_seen_at
      FROM visits_quarter_hourly
      WHERE store_id = {storeId:String}
      GROUP BY quarter_hour
    `,
)},
  (
    SELECT groupArray((since, until))
    FROM (
      SELECT
        since,${UNTIL} AS until
      FROM stretches
      WHERE state != 'lost'
    )
  ) AS watched`;

/** Of the floor: gives `watched`, a table of (camera_id, since, until). Parameters: cameras, from. */
export const FLOOR_WATCHED = `${watching(
  'cameras',
  `
      SELECT toDateTime64(quarter_hour, 3, 'UTC') + toIntervalSecond(max(bitmapMax(seconds))) AS last_seen_at
      FROM floor_heat
      WHERE store_id = {storeId:String} AND quarter_hour >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
      GROUP BY quarter_hour
    `,
)},
  watched AS (
    SELECT
      camera_id,
      since,${UNTIL} AS until
    FROM stretches
    WHERE state != 'lost'
  )`;

/** Seconds of the stretch [from, to) that were watched, summed over the door cameras. */
export const watchedSecondsBetween = (from: string, to: string): string => `
  arraySum(stretch -> greatest(0, dateDiff('millisecond', greatest(stretch.1, ${from}), least(stretch.2, ${to}))), watched) / 1000`;

-- What became of each camera, few rows in an order of their own: the last state and the gaps are found without
-- reading through a day of visits.
CREATE TABLE IF NOT EXISTS camera_events
(
    store_id     LowCardinality(String),
    camera_id    LowCardinality(String),
    time         DateTime64(3, 'UTC'),
    event_id     UUID,
    state        LowCardinality(String),
    reason       Nullable(String),
    detail       Nullable(String),
    simulated    Nullable(Bool)
)
ENGINE = MergeTree
ORDER BY (store_id, camera_id, time, event_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS camera_events_from_events TO camera_events AS
SELECT
    store_id,
    JSONExtractString(data, 'cameraId') AS camera_id,
    time,
    event_id,
    substring(type, length('camera.') + 1) AS state,
    JSONExtract(data, 'reason', 'Nullable(String)') AS reason,
    JSONExtract(data, 'detail', 'Nullable(String)') AS detail,
    JSONExtract(data, 'simulated', 'Nullable(Bool)') AS simulated
FROM events
WHERE type IN ('camera.connected', 'camera.lost', 'camera.recovered');

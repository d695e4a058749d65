-- One row a visit, put together from its events in whatever order they arrive: every column takes the least or the
-- greatest of what was said, so merging is the same in any order and any number of times.
-- A view must never fail on an event that the events table took: JSONExtract answers NULL for what it can't read.
CREATE TABLE IF NOT EXISTS visits
(
    store_id      LowCardinality(String),
    visit_id      UUID,
    started_at    SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    in_lane       SimpleAggregateFunction(max, Nullable(Bool)),
    identified_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    subject_key   SimpleAggregateFunction(max, Nullable(UUID)),
    ended_at      SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
    end_reason    SimpleAggregateFunction(max, Nullable(String)),
    simulated     SimpleAggregateFunction(max, Bool),
    last_event_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (store_id, visit_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS visits_from_events TO visits AS
SELECT
    store_id,
    assumeNotNull(events.visit_id) AS visit_id,
    if(type = 'visit.started', time, NULL) AS started_at,
    if(type = 'visit.started', JSONExtract(data, 'entrance', 'inLane', 'Nullable(Bool)'), NULL) AS in_lane,
    if(type = 'visit.identified', time, NULL) AS identified_at,
    if(type = 'visit.identified', events.subject_key, NULL) AS subject_key,
    if(type = 'visit.ended', time, NULL) AS ended_at,
    if(type = 'visit.ended', JSONExtract(data, 'reason', 'Nullable(String)'), NULL) AS end_reason,
    JSONExtractBool(data, 'simulated') AS simulated,
    time AS last_event_at
FROM events
WHERE type IN ('visit.started', 'visit.identified', 'visit.ended') AND isNotNull(events.visit_id);

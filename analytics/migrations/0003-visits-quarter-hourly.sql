-- Footfall by quarter of an hour, the longest step that every time zone's hours and days are made of.
-- Visits are counted as distinct visits: an event that a producer sent twice counts once. `events` is the plain count.
-- Only what a camera saw is here; an assumed end isn't, so last_seen_at proves that somebody was looking.
CREATE TABLE IF NOT EXISTS visits_quarter_hourly
(
    store_id     LowCardinality(String),
    quarter_hour DateTime('UTC'),
    simulated    Bool,
    started      AggregateFunction(uniqExact, UUID),
    in_lane      AggregateFunction(uniqExact, UUID),
    identified   AggregateFunction(uniqExact, UUID),
    events       SimpleAggregateFunction(sum, UInt64),
    last_seen_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (store_id, quarter_hour, simulated)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS visits_quarter_hourly_from_events TO visits_quarter_hourly AS
SELECT
    store_id,
    toStartOfFifteenMinutes(time) AS quarter_hour,
    JSONExtractBool(data, 'simulated') AS simulated,
    uniqExactStateIf(assumeNotNull(visit_id), type = 'visit.started') AS started,
    uniqExactStateIf(assumeNotNull(visit_id), type = 'visit.started' AND JSONExtractBool(data, 'entrance', 'inLane')) AS in_lane,
    uniqExactStateIf(assumeNotNull(visit_id), type = 'visit.identified') AS identified,
    toUInt64(count()) AS events,
    max(time) AS last_seen_at
FROM events
WHERE type IN ('visit.started', 'visit.identified') AND isNotNull(visit_id)
GROUP BY store_id, quarter_hour, simulated;

-- Every event, once, as it was said. Read by store and time, so that is the order.
-- The window remembers the tokens of the last inserts: an insert that is tried again changes nothing.
CREATE TABLE IF NOT EXISTS events
(
    event_id      UUID,
    type          LowCardinality(String),
    version       UInt16,
    store_id      LowCardinality(String),
    visit_id      Nullable(UUID),
    subject_key   Nullable(UUID),
    source        LowCardinality(String),
    subject       String,
    time          DateTime64(3, 'UTC'),
    recorded_time DateTime64(3, 'UTC'),
    inserted_at   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    topic         LowCardinality(String),
    partition     UInt16,
    offset        UInt64,
    data          String CODEC(ZSTD(3))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (store_id, time, event_id)
SETTINGS non_replicated_deduplication_window = 1000;

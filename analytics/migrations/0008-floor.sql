-- What visitors did on the floor, one narrow table of few rows: zones, queues, lines, groups, who is staff, and which two
-- visits were one person. Questions read it as it is; there is no roll-up for each, because every further view slows
-- every insert. Positions are not here.
-- Nothing is filled in: no event of these kinds was written before this release.
-- An event that a producer sent twice is one row (FINAL): the key ends with its id.
CREATE TABLE IF NOT EXISTS floor_events
(
    store_id  LowCardinality(String),
    type      LowCardinality(String),
    place     LowCardinality(String),
    time      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    event_id  UUID CODEC(ZSTD(1)),
    visit_id  UUID CODEC(ZSTD(1)),
    seconds   Nullable(Float64) CODEC(ZSTD(1)),
    people    Nullable(UInt16) CODEC(ZSTD(1)),
    served    Nullable(Bool) CODEC(ZSTD(1)),
    other_id  Nullable(UUID) CODEC(ZSTD(1)),
    direction LowCardinality(String),
    simulated Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (store_id, type, place, time, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS floor_events_from_events TO floor_events AS
WITH JSONExtract(data, 'Tuple(zone Nullable(String), queue Nullable(String), line Nullable(String), dwellSeconds Nullable(Float64), waitSeconds Nullable(Float64), length Nullable(UInt16), size Nullable(UInt16), served Nullable(Bool), groupId Nullable(UUID), sameAs Nullable(UUID), direction Nullable(String), simulated Nullable(Bool))') AS said
SELECT
    store_id,
    type,
    coalesce(tupleElement(said, 'zone'), tupleElement(said, 'queue'), tupleElement(said, 'line'), '') AS place,
    time,
    event_id,
    assumeNotNull(events.visit_id) AS visit_id,
    coalesce(tupleElement(said, 'dwellSeconds'), tupleElement(said, 'waitSeconds')) AS seconds,
    coalesce(tupleElement(said, 'length'), tupleElement(said, 'size')) AS people,
    tupleElement(said, 'served') AS served,
    coalesce(tupleElement(said, 'groupId'), tupleElement(said, 'sameAs')) AS other_id,
    ifNull(tupleElement(said, 'direction'), '') AS direction,
    ifNull(tupleElement(said, 'simulated'), false) AS simulated
FROM events
WHERE isNotNull(events.visit_id)
  AND type IN ('zone.entered', 'zone.left', 'queue.joined', 'queue.left', 'line.crossed', 'visit.grouped', 'visit.excluded', 'visit.ended')
  AND (type != 'visit.ended' OR JSONHas(data, 'sameAs'));

-- Where visitors were, by quarter of an hour and cells of 0.25 m: for each visit the seconds of the quarter in which it was
-- there, as a set. So repetition changes nothing, a period may begin at any second, and a visit that turns out to be
-- staff's is left out afterwards.
CREATE TABLE IF NOT EXISTS floor_heat
(
    store_id     LowCardinality(String),
    quarter_hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    cell_across  Int16 CODEC(Delta, ZSTD(1)),
    cell_down    Int16 CODEC(Delta, ZSTD(1)),
    visit_id     UUID CODEC(ZSTD(1)),
    simulated    Bool,
    seconds      AggregateFunction(groupBitmap, UInt16) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (store_id, quarter_hour, cell_across, cell_down, visit_id, simulated)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS floor_heat_from_events TO floor_heat AS
WITH JSONExtract(data, 'place', 'Tuple(acrossMetres Nullable(Float64), downMetres Nullable(Float64))') AS spot
SELECT
    store_id,
    toStartOfFifteenMinutes(time) AS quarter_hour,
    toInt16(floor(4 * assumeNotNull(tupleElement(spot, 'acrossMetres')))) AS cell_across,
    toInt16(floor(4 * assumeNotNull(tupleElement(spot, 'downMetres')))) AS cell_down,
    assumeNotNull(events.visit_id) AS visit_id,
    JSONExtractBool(data, 'simulated') AS simulated,
    groupBitmapState(toUInt16(toUnixTimestamp(time) % 900)) AS seconds
FROM events
WHERE type = 'visit.position-sampled' AND isNotNull(events.visit_id)
  AND abs(tupleElement(spot, 'acrossMetres')) < 8000 AND abs(tupleElement(spot, 'downMetres')) < 8000
GROUP BY store_id, quarter_hour, cell_across, cell_down, visit_id, simulated;

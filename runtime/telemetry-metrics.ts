/*
 * Every metric there is, by its Prometheus name: base units in the name, counters end in `_total`. docs/observability.md is
 * written from here. What Prometheus or OpenTelemetry have a name for carries that name, so that ready-made boards work.
 */

/**
 * Every label there is, and why its values are few. A person must never become a label: no visit, track, member or subject
 * key, and no free text.
 */
export const LABELS = {
  camera_id: 'as configured',
  reason: "one of the words of the code, or ClickHouse's name of an error",
  stage: 'one of the words of the code',
  decision: 'one of the words of the code',
  type: 'an event type of the contracts',
  topic: 'a topic of ingest/topics.ts',
  partition: 'as many as the topic has',
  result: '`ok` or `failed`',
  http_request_method: 'as HTTP defines them',
  http_route: "the route's template, or `unmatched`",
  http_response_status_code: 'as HTTP defines them',
  version: 'of this release',
  node: 'of this process',
  profile: '`embedded` or `cluster`',
} as const;

export type LabelName = keyof typeof LABELS;

export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** One metric. */
export interface MetricDefinition<
  Kind extends MetricKind = MetricKind,
  Label extends LabelName = LabelName,
  Observed extends boolean = boolean,
> {
  readonly name: string;
  readonly kind: Kind;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Read when somebody asks; the others are told when something happens. A metric is one or the other. */
  readonly observed: Observed;
  /** Upper bounds of a histogram's buckets, in the unit of the name. */
  readonly buckets?: readonly number[];
}

/** From a fast synced write to an outage. */
const WRITE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A stage has 67 ms at 15 frames a second. */
const STAGE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.067, 0.1, 0.2, 0.5, 1];
const AGE_SECONDS = [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5];
const BATCH_ROWS = [1, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];
/** The boundaries that OpenTelemetry advises for HTTP. */
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const DELAY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export const METRICS = {
  cameraUp: gauge('smart_store_camera_up', 'Whether a camera delivers frames: 1 or 0.', ['camera_id']),
  cameraFrames: counter('smart_store_camera_frames_total', 'Frames that were looked at.', ['camera_id']),
  cameraFramesDropped: counter(
    'smart_store_camera_frames_dropped_total',
    'Frames that arrived while an earlier one was being looked at, and were left out.',
    ['camera_id'],
  ),
  cameraFrameAge: histogram(
    'smart_store_camera_frame_age_seconds',
    'From the capture of a frame until everything in it was looked at.',
    ['camera_id'],
    AGE_SECONDS,
  ),
  cameraLastFrame: gauge(
    'smart_store_camera_last_frame_timestamp_seconds',
    'When the newest frame was captured, seconds since 1970, UTC.',
    ['camera_id'],
  ),
  cameraLosses: counter('smart_store_camera_losses_total', 'Times that a camera was lost.', [
    'camera_id',
    'reason',
  ]),
  cameraRecoveries: counter('smart_store_camera_recoveries_total', 'Times that a lost camera came back.', [
    'camera_id',
  ]),
  cameraReconnectAttempts: counter(
    'smart_store_camera_reconnect_attempts_total',
    'Attempts that it took to reach lost cameras again, counted when they came back.',
    ['camera_id'],
  ),

  visionStage: histogram(
    'smart_store_vision_stage_duration_seconds',
    'What a stage of looking took: detect (a frame), read (align, judge and embed a face), match (a face against the members), track (join the people of a frame to tracks and places), frame (all of a frame), picture (the live picture).',
    ['camera_id', 'stage'],
    STAGE_SECONDS,
  ),
  visionFaces: counter(
    'smart_store_vision_faces_total',
    'Faces that were followed, each counted once; nobody is told apart by it.',
    ['camera_id'],
  ),
  visionPeople: counter(
    'smart_store_vision_people_total',
    'People that a ceiling camera followed, counted once a track; nobody is told apart by it.',
    ['camera_id'],
  ),
  visionDecisions: counter(
    'smart_store_vision_decisions_total',
    'What had been decided about a face when it was gone: accepted, why not (too-far, ambiguous, poor-quality, gathering, no-members), or outside-lane, where nobody is looked at.',
    ['camera_id', 'decision'],
  ),

  eventsWritten: counter(
    'smart_store_events_written_total',
    'Events that the event log has taken, from the doors and from the outbox.',
    ['type'],
  ),
  eventsWaiting: observedGauge(
    'smart_store_events_waiting',
    'Events that were written and are not durable in the event log yet.',
    [],
  ),
  outboxPending: observedGauge(
    'smart_store_outbox_pending_records',
    'Records of the outbox that wait for the event log.',
    [],
  ),
  logAppend: histogram(
    'smart_store_log_append_duration_seconds',
    'From handing records to the event log until they were durable, or refused.',
    ['result'],
    WRITE_SECONDS,
  ),
  logRecords: counter(
    'smart_store_log_records_appended_total',
    'Records that this process appended to the event log.',
    ['topic'],
  ),

  sinkRows: observedCounter(
    'smart_store_sink_rows_total',
    'Events that ClickHouse has, each counted once.',
    [],
  ),
  sinkBatches: observedCounter(
    'smart_store_sink_batches_total',
    'Batches that are stored and committed.',
    [],
  ),
  sinkRetries: observedCounter(
    'smart_store_sink_retries_total',
    "Inserts that failed and were tried again, by ClickHouse's name of the error, or `connection`; nothing is lost by it.",
    ['reason'],
  ),
  sinkPartitionsLost: observedCounter(
    'smart_store_sink_partitions_lost_total',
    'Batches that were left to another consumer, because their partition had moved to it.',
    [],
  ),
  sinkReadBytes: observedCounter(
    'smart_store_sink_read_bytes_total',
    'Bytes of the records that were taken from the event log.',
    [],
  ),
  sinkInsertedBytes: observedCounter(
    'smart_store_sink_inserted_bytes_total',
    'Bytes of the stored batches as they were sent, before compression.',
    [],
  ),
  sinkDeadLetters: observedCounter(
    'smart_store_sink_dead_letters_total',
    'Records that can not be stored; they are kept with the reason and can be replayed.',
    [],
  ),
  sinkBlocked: observedGauge(
    'smart_store_sink_blocked',
    'Whether the last insert failed and still stands in the way: 1 or 0.',
    [],
  ),
  sinkLag: observedGauge(
    'smart_store_sink_lag_records',
    'Records of the event log that are not in ClickHouse yet.',
    ['topic', 'partition'],
  ),
  sinkOldest: observedGauge(
    'smart_store_sink_oldest_record_age_seconds',
    'Age of the oldest record that is being stored; 0 when there is none.',
    [],
  ),
  sinkBatchRows: histogram('smart_store_sink_batch_rows', 'Rows of an insert.', [], BATCH_ROWS),
  sinkInsert: histogram(
    'smart_store_sink_insert_duration_seconds',
    'What ClickHouse took for an insert that it acknowledged.',
    [],
    WRITE_SECONDS,
  ),

  httpDuration: histogram(
    'http_server_request_duration_seconds',
    'Requests that were answered. Live streams last as long as somebody watches.',
    ['http_request_method', 'http_route', 'http_response_status_code'],
    HTTP_SECONDS,
  ),

  processCpu: observedCounter(
    'process_cpu_seconds_total',
    'Processor time of this process, all its threads.',
    [],
  ),
  processResident: observedGauge('process_resident_memory_bytes', 'Memory of this process.', []),
  processStart: observedGauge(
    'process_start_time_seconds',
    'When this process started, seconds since 1970, UTC; `time()` minus it is the uptime.',
    [],
  ),
  heapUsed: observedGauge('nodejs_heap_size_used_bytes', 'Heap that is in use, main thread.', []),
  eventLoopDelay: histogram(
    'nodejs_eventloop_delay_seconds',
    'How late a timer of the main thread is, ten times a second.',
    [],
    DELAY_SECONDS,
  ),
  buildInfo: observedGauge('smart_store_build_info', 'Always 1; the labels say what runs.', [
    'version',
    'node',
    'profile',
  ]),
  traceExports: counter(
    'smart_store_trace_exports_total',
    'Batches of spans that were sent to the collector; those that failed are gone.',
    ['result'],
  ),
} as const;

function counter<const Label extends LabelName>(
  name: string,
  help: string,
  labels: readonly Label[],
): MetricDefinition<'counter', Label, false> {
  return { name, kind: 'counter', help, labels, observed: false };
}

function observedCounter<const Label extends LabelName = never>(
  name: string,
  help: string,
  labels: readonly Label[],
): MetricDefinition<'counter', Label, true> {
  return { name, kind: 'counter', help, labels, observed: true };
}

function gauge<const Label extends LabelName>(
  name: string,
  help: string,
  labels: readonly Label[],
): MetricDefinition<'gauge', Label, false> {
  return { name, kind: 'gauge', help, labels, observed: false };
}

function observedGauge<const Label extends LabelName = never>(
  name: string,
  help: string,
  labels: readonly Label[],
): MetricDefinition<'gauge', Label, true> {
  return { name, kind: 'gauge', help, labels, observed: true };
}

function histogram<const Label extends LabelName = never>(
  name: string,
  help: string,
  labels: readonly Label[],
  buckets: readonly number[],
): MetricDefinition<'histogram', Label, false> {
  return { name, kind: 'histogram', help, labels, observed: false, buckets };
}

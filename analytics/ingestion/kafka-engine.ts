import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { expectRows, storedRows } from './bench-tools.ts';

export interface KafkaEngineSource {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
}

const POLL_EVERY_MS = 20;
const LIMIT_MS = 120_000;

/**
 * ClickHouse reads the topic by itself: its Kafka engine with a view that writes the same rows into the same table and
 * roll-ups. It checks nothing that a column does not check, and keeps no promise against doubling. Joining the group and
 * the first block aside, as with the sink.
 * @returns rows a second
 */
export async function kafkaEngineRate(
  client: ClickHouseClient,
  source: KafkaEngineSource,
  count: number,
): Promise<number> {
  await client.command({ query: tableOf(source) });
  await client.command({ query: VIEW });
  const giveUpMs = performance.now() + LIMIT_MS;
  let beginning: { rows: number; wallMs: number } | undefined;
  for (;;) {
    const rows = await storedRows(client);
    const wallMs = performance.now();
    if (rows > 0) beginning ??= { rows, wallMs };
    if (beginning !== undefined && rows >= count) {
      await client.command({ query: 'DROP TABLE from_kafka SYNC' });
      await client.command({ query: 'DROP TABLE kafka_events SYNC' });
      await expectRows(client, count);
      return ((rows - beginning.rows) / (wallMs - beginning.wallMs)) * 1000;
    }
    if (wallMs > giveUpMs) throw new Error(`ClickHouse's Kafka engine stored ${rows} of ${count} rows`);
    await sleep(POLL_EVERY_MS);
  }
}

/** As many consumers as the sink has, each with a thread, and blocks as large as its inserts. */
const tableOf = ({ brokers, topic, group }: KafkaEngineSource): string => `
  CREATE TABLE kafka_events
  (
      id String, type String, source String, subject String, time DateTime64(3, 'UTC'),
      recordedtime DateTime64(3, 'UTC'), dataschema String, storeid String, visitid Nullable(UUID), data String
  )
  ENGINE = Kafka
  SETTINGS kafka_broker_list = '${brokers.join(',')}', kafka_topic_list = '${topic}', kafka_group_name = '${group}',
    kafka_format = 'JSONEachRow', kafka_num_consumers = 2, kafka_thread_per_consumer = 1,
    kafka_max_block_size = 10000, kafka_poll_max_batch_size = 10000, kafka_flush_interval_ms = 200,
    date_time_input_format = 'best_effort', input_format_json_read_objects_as_strings = 1`;

const VIEW = `
  CREATE MATERIALIZED VIEW from_kafka TO events AS
  SELECT
      toUUID(id) AS event_id,
      type,
      toUInt16(splitByChar(':', dataschema)[-1]) AS version,
      storeid AS store_id,
      visitid AS visit_id,
      JSONExtract(data, 'subjectKey', 'Nullable(UUID)') AS subject_key,
      source,
      subject,
      time,
      recordedtime AS recorded_time,
      _topic AS topic,
      _partition AS partition,
      _offset AS offset,
      data
  FROM kafka_events`;
